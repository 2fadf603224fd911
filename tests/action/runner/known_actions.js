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

const kept = (job, inputs) => join(job.options.cache, Buffer.from(inputs.key).toString('base64url'));
const copy = (from, to) => cpSync(from, to, { recursive: true, verbatimSymlinks: true });

function restoreCache(job, inputs) {
  const hit = existsSync(kept(job, inputs));
  if (hit) copy(kept(job, inputs), inputs.path);
  return { 'cache-hit': hit ? 'true' : '' };
}

// What is kept under a key stays.
function saveCache(job, inputs) {
  if (!existsSync(kept(job, inputs))) copy(inputs.path, kept(job, inputs));
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
  'actions/cache/restore': restoreCache,
  'actions/cache/save': saveCache,
  'actions/upload-artifact': uploadArtifact,
};

// The outputs of that action, or undefined when it is none of these.
export function runKnown(job, { name, ref }, inputs) {
  const action = kActions[name];
  if (!action) return undefined;
  // By a commit it is the version of this project's own workflows.
  return action(job, inputs, /^v\d/.test(ref) ? Number(ref.slice(1)) : 4) ?? {};
}
