// Records to an endpoint at the end of a step: sent, refused, down; the token is the job's alone.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { action, annotationsOf, check, finish, job, settings } from './cases.js';

const answers = (mode) => writeFileSync(join(settings.endpointDirectory, 'mode'), mode);
const received = () => readFileSync(join(settings.endpointDirectory, 'received'), 'utf8').trim().split('\n');
const run = ({ token = 'a-token-of-the-endpoint', endpoint = settings.endpoint } = {}) => job({
  secrets: { LOG_TOKEN: token },
  steps: `- uses: actions/checkout@v4\n${action('use', { run: 'env; echo done' },
    `env: {SEFACA_LOG_ENDPOINT: "${endpoint}", SEFACA_LOG_TOKEN: "\${{ secrets.LOG_TOKEN }}", ` +
    `SEFACA_LOG_CA_FILE: "${settings.authority}"}`)}`,
});
const warned = (one, pattern) => annotationsOf(one.step('use'), 'warning').some(({ message }) => pattern.test(message));
const isReceived = (one) => {
  const { id } = JSON.parse(readFileSync(one.step('use').outputs.log, 'utf8'));
  return received().some((line) => JSON.parse(line).id === id);
};
const ran = (one) => one.step('use').outcome === 'success' && one.says(/^done$/);

rmSync(join(settings.endpointDirectory, 'received'), { force: true });
answers('200');
{
  const one = await run();
  check('the record is at the endpoint when the step ends', ran(one) && isReceived(one) && one.step('use').annotations.length === 0);
  check('… how many were sent is said', one.says(/^1 record sent$|records? sent/));
  check('… the token is not in the environment of the command, nor in the log',
    !one.step('use').lines.some((line) => line.includes('a-token-of-the-endpoint')) && !one.says(/LOG_TOKEN/));
}
// A minute each: that long the last step waits for an endpoint to come back.
if (process.env.SEFACA_TEST_REFUSED) {
  const one = await run({ token: 'a-wrong-token' });
  check('a token that is refused: the job goes on, with a warning', ran(one) &&
    warned(one, /not all records could be sent/));
  check('… which the log explains', one.says(/401/) && !isReceived(one));
  // It waits in the home of whoever runs the jobs.
  const next = await run();
  check('what waited is sent by the next', ran(next) && isReceived(next) && isReceived(one));
}
{
  const one = await run({ endpoint: 'http://localhost:1/logs' });
  check('an endpoint without TLS is refused before anything runs', one.conclusion === 'failure' && !one.says(/^done$/));
}
finish();
