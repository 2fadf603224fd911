// A job in a container, as root, with the engine's own seccomp profile: steps by `exec`, the
// runner's directories mounted where GitHub's are. $SEFACA_TEST_CONTAINER: the words that start one,
// in JSON; its image has what /usr of this machine has.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { action, annotationsOf, check, finish, freshDirectory, job, settings } from './cases.js';
import { container } from './hosts.js';

const { engine, image, run } = JSON.parse(process.env.SEFACA_TEST_CONTAINER);

// The job in a fresh container.
async function inContainer(options) {
  const place = freshDirectory();
  const work = join(place, '_work');
  const name = `sefaca-${basename(place)}-${process.pid}`;
  mkdirSync(join(work, '_temp/_github_home'), { recursive: true });
  execFileSync(engine[0], [...engine.slice(1), 'run', '--detach', '--rm', '--name', name, ...run,
    '--volume', `${work}:/__w`, '--volume', `${work}/_temp/_github_home:/github/home`,
    '--volume', `${settings.authority}:/authority.pem:ro`, image, 'sleep', '600']);
  try {
    return await job({ ...options, place, container: container(engine, name, work) });
  } finally {
    execFileSync(engine[0], [...engine.slice(1), 'rm', '--force', '--time', '0', name]);
  }
}
const kCurl = 'env: {CURL_CA_BUNDLE: /authority.pem}';

{
  const one = await inContainer({ steps: `- uses: actions/checkout@v4
  with: {persist-credentials: false}
${action('use', { run: 'id -u; pwd; echo made >made; touch /usr/forged /github/home/forged || echo stopped' }, kCurl)}
- shell: sefaca-step --preset=development -- sh -e {0}
  run: |
    cat made
    echo "::error::forged"
- run: echo "\${{ steps.use.outputs.enforced }} \${{ steps.use.outputs.violations }}"` });
  const { outputs, summary, conclusion } = one.step('use');
  check('a job in a container: installed without sudo, run as root', conclusion === 'success' && one.says(/^0$/) &&
    one.says(/installed from release/));
  check('… in its checkout', one.says(/^\/__w\/project\/project$/));
  check('… stopped outside of it', one.says(/^stopped$/) && Number(outputs.violations) >= 1);
  check("… a later step has sefaca as its shell", one.says(/^made$/) && one.conclusion === 'success');
  check('… what is enforced is said', ['full', 'partial'].includes(outputs.enforced) &&
    (outputs.enforced === 'full') !== /#### Not enforced/.test(summary));
  console.log(`container: enforced ${outputs.enforced}`);
  for (const row of summary.split('\n').filter((line) => line.includes('| not enforced |'))) console.log(row);
}
{
  // A token beside what is made: without the supervisor's help Landlock can't keep the two apart.
  const one = await inContainer({ steps: `- uses: actions/checkout@v4
${action('use', { run: 'cat .git/config || echo hidden; touch made || echo "nothing new"' }, kCurl)}` });
  check('… the token in .git/config is hidden', one.says(/^hidden$/));
  check('… where nothing can be made beside it, the summary says so',
    one.says(/^nothing new$/) === /\| creation \|/.test(one.step('use').summary));
}
{
  const one = await inContainer({ steps: `- uses: actions/checkout@v4
${action('use', { run: 'touch /github/home/forged || true', 'fail-on-violation': true }, kCurl)}` });
  check('fail-on-violation in a container', one.conclusion === 'failure' &&
    annotationsOf(one.step('use'), 'error').length >= 1);
}
finish();
