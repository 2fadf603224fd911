// A host that does not let user namespaces be made: what is not enforced is in the summary, with the
// line that would change it. $SEFACA_TEST_REMEDY: that line.
import { action, check, finish, job } from './cases.js';

const remedy = process.env.SEFACA_TEST_REMEDY;
// As the summary writes it, where nothing may begin Markdown.
const written = remedy.replaceAll(/[^A-Za-z0-9 /.,=+-]/g, (c) => `&#${c.charCodeAt(0)};`);
const steps = (inputs) => `- uses: actions/checkout@v4\n${action('use', { run: 'echo done; touch "$HOME/x" || true', ...inputs })}`;
{
  const one = await job({ steps: steps({}) });
  const { summary, outputs } = one.step('use');
  check('it runs all the same', one.conclusion === 'success' && one.says(/^done$/));
  check('… partly enforced', outputs.enforced === 'partial');
  check('… what is not is in the summary', /#### Not enforced/.test(summary));
  check('… with the line that would change it', summary.includes(written));
  check('… and what is enforced stops all the same', Number(outputs.violations) >= 1);
}
{
  const one = await job({ steps: steps({ 'on-unavailable': 'fail' }) });
  check('on-unavailable: fail refuses to run', one.conclusion === 'failure' && !one.says(/^done$/) &&
    one.step('use').outputs['exit-code'] === '125');
  check('… and says what and how to change it', one.log.some((line) => line.includes(remedy)));
}
finish();
