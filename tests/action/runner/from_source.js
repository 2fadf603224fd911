// The action from a checkout of its own (`uses: ./github-action`): built for real, kept by the cache,
// found there by the next job. $SEFACA_TEST_CONTAINER: in a container that has no packages yet.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { check, finish, freshDirectory, job, settings } from './cases.js';
import { container } from './hosts.js';

const where = process.env.SEFACA_TEST_CONTAINER && JSON.parse(process.env.SEFACA_TEST_CONTAINER);
const cache = freshDirectory();
let jobs = 0;

async function run() {
  const options = {
    cache, repository: settings.action,
    steps: `- uses: actions/checkout@v4
  with: {persist-credentials: false}
- id: use
  uses: ./github-action
  with:
    preset: testing
    run: |
      echo "built and run"
      touch "$HOME/forged" || echo stopped`,
  };
  if (!where) return job(options);
  const place = freshDirectory();
  const work = join(place, '_work');
  const name = `sefaca-source-${process.pid}-${++jobs}`;
  mkdirSync(join(work, '_temp/_github_home'), { recursive: true });
  execFileSync(where.engine[0], [...where.engine.slice(1), 'run', '--detach', '--rm', '--name', name, ...where.run,
    '--volume', `${work}:/__w`, '--volume', `${work}/_temp/_github_home:/github/home`, where.image, 'sleep', '1800']);
  try {
    return await job({ ...options, place, container: container(where.engine, name, work) });
  } finally {
    execFileSync(where.engine[0], [...where.engine.slice(1), 'rm', '--force', '--time', '0', name]);
  }
}

const built = await run();
check('a checkout of its own is built', built.conclusion === 'success' && built.says(/built from the action's own checkout/));
check('… no release is asked for', !built.says(/installed from release|could be fetched/));
check('… it runs, and stops', built.says(/^built and run$/) && built.says(/^stopped$/));
check(where ? '… as root the packages were installed, which is said' : '… with the packages that are there',
  built.says(/installing what the build needs \(as root\)/) === Boolean(where));
if (!where) {
  const again = await run();
  check('the next job has it from the cache', again.conclusion === 'success' && again.says(/^built and run$/) &&
    again.step('cache').outputs['cache-hit'] === 'true' && again.says(/found as an earlier step or the cache left it/));
}
finish();
