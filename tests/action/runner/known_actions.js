// Actions of others, stood in for: what they leave on disk, nothing else of them.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const git = (directory, ...words) => execFileSync('git', ['-C', directory, ...words]);

// The checkout, a repository, with the token where actions/checkout puts it: until 5 in
// .git/config, from 6 on in a file of RUNNER_TEMP that .git/config includes.
function checkout(job, inputs, version) {
  const place = join(job.workspace, inputs.path ?? '');
  mkdirSync(place, { recursive: true });
  if (job.options.repository) cpSync(job.options.repository, place, { recursive: true });
  git(place, 'init', '-q');
  if (inputs['persist-credentials'] === 'false') return;
  const header = Buffer.from(`x-access-token:${job.token}`).toString('base64');
  const section = `[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic ${header}\n`;
  const config = join(place, '.git/config');
  if (version < 6) {
    appendFileSync(config, section);
    return;
  }
  const credentials = join(job.temporary, `git-credentials-${randomUUID()}.config`);
  writeFileSync(credentials, section);
  appendFileSync(config, `[includeIf "gitdir:${place}/.git"]\n\tpath = ${credentials}\n`);
}

// Restored at once; kept at the job's end when it succeeded and there was none.
function cache(job, inputs) {
  const kept = join(job.options.cache, Buffer.from(inputs.key).toString('base64url'));
  const hit = existsSync(kept);
  if (hit) cpSync(kept, inputs.path, { recursive: true, verbatimSymlinks: true });
  else
    job.atEnd.push(() => {
      if (job.status === 'success' && existsSync(inputs.path))
        cpSync(inputs.path, kept, { recursive: true, verbatimSymlinks: true });
    });
  return { 'cache-hit': String(hit) };
}

function uploadArtifact(job, inputs) {
  const into = join(job.place, 'artifacts', inputs.name);
  mkdirSync(into, { recursive: true });
  rmSync(join(into, basename(inputs.path)), { force: true });
  if (existsSync(inputs.path)) cpSync(inputs.path, join(into, basename(inputs.path)));
  else if (inputs['if-no-files-found'] === 'error') throw new Error('no files were found');
}

const kActions = {
  'actions/checkout': checkout,
  'actions/cache': cache,
  'actions/upload-artifact': uploadArtifact,
};

// The outputs of that action, or undefined when it is none of these.
export function runKnown(job, { repository, ref }, inputs) {
  const action = kActions[repository];
  if (!action) return undefined;
  return action(job, inputs, Number(ref.replace(/^v/, ''))) ?? {};
}
