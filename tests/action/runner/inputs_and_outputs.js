// Every input and output of the action, its conditions, and how a job goes on after it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { action, annotationsOf, check, finish, job, tree } from './cases.js';

const kCheckout = '- uses: actions/checkout@v4\n';

{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'echo "hello $((40 + 2))"; pwd' })}
- run: echo "after \${{ steps.use.outputs.exit-code }} \${{ steps.use.outputs.enforced }}"` });
  const { outputs, lines, annotations, summary } = one.step('use');
  check('a command runs', one.conclusion === 'success' && lines.includes('hello 42'));
  check('… in the checkout', lines.includes(one.workspace));
  check('… installed from the release, by its checksum',
    one.says(/installed from release v[0-9.]+ of OWNER\/sefaca \(checksum verified/));
  check('… its exit code is an output', outputs['exit-code'] === '0');
  check('… it did nothing that was stopped', outputs.violations === '0' && annotations.length === 0);
  check('… what is enforced is an output', ['full', 'partial'].includes(outputs.enforced));
  check('… its log is an output, a record a line',
    JSON.parse(readFileSync(outputs.log, 'utf8')).door === 'action');
  check('… the outputs reach later steps', one.says(/^after 0 (full|partial)$/));
  check('… the summary counts it', /### sefaca: 1 run, 0 failed, 0 things blocked/.test(summary));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'echo before\nexit 42\n' })}
- name: not
  run: echo "never"
- name: yes
  if: failure()
  run: echo "code \${{ steps.use.outputs.exit-code }}"` });
  check('a command that fails fails the job', one.conclusion === 'failure');
  check('… its exit code is an output all the same', one.says(/^code 42$/));
  check('… no step follows', one.step('not').outcome === 'skipped');
  check('… it is reported', /1 failed/.test(one.step('use').summary));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'false | true\necho on' })}
${action('again', { run: 'echo again' })}` });
  check('a pipe fails with its parts', one.step('use').outcome === 'failure' && !one.says(/^on$/));
  check('… a second use of the action is skipped', one.step('again').outcome === 'skipped');
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'exit 3' }, 'continue-on-error: true')}
${action('second', { run: 'echo second' })}` });
  check('continue-on-error goes on', one.conclusion === 'success');
  check('… the second use finds what the first installed',
    one.says(/found as an earlier step or the cache left it/) && one.says(/^second$/));
  check('… and its outputs are its own', one.step('second').outputs['exit-code'] === '0' &&
    one.step('use').outputs['exit-code'] === '3' &&
    one.step('second').outputs.log !== one.step('use').outputs.log);
}

// --- Inputs that are options -------------------------------------------------------------------

const record = (step) => JSON.parse(readFileSync(step.outputs.log, 'utf8').trim().split('\n').at(-1));
{
  const one = await job({
    repository: tree({ 'inner/x': '', 'sefaca.toml': '[default]\nopen_files = 333\n' }),
    steps: `${kCheckout}${action('use', {
      run: 'echo "in $PWD"; echo "$ONE $GITHUB_TOKEN"; echo x >"$RUNNER_TEMP/granted/made"',
      preset: 'development', level: 'default', timeout: '5m', memory: '256m', network: 'deny',
      readonly: '/usr/share\n/usr/include\n', readwrite: '${{ runner.temp }}/granted\n',
      env: 'ONE=a b\nGITHUB_TOKEN\n', 'working-directory': 'inner',
      config: '${{ github.workspace }}/sefaca.toml', 'on-unavailable': 'warn',
    }, 'env: {GITHUB_TOKEN: "${{ github.token }}"}')}`
      .replace('- id: use', '- run: mkdir "$RUNNER_TEMP/granted"\n- id: use') });
  const use = one.step('use');
  check('all the options together', use.outcome === 'success');
  const { origins, config, preset, cwd } = record(use);
  check('… preset and level', preset === 'development' && config.level === 'default');
  check('… timeout and memory', Number(config.timeout) === 300 && Number(config.memory) === 256 * 2 ** 20);
  check('… network', config.network === 'deny');
  check('… readonly and readwrite', origins.readonly === '--readonly' && origins.readwrite.endsWith('--readwrite') &&
    existsSync(join(one.temporary, 'granted/made')));
  check('… env sets, and passes on', use.lines.includes('a b ghs_0123456789abcdefghijklmnopqrstuvwxyz'));
  check('… the log shows no token', one.says(/^a b \*\*\*$/));
  check('… working-directory', cwd === join(one.workspace, 'inner'));
  check('… config', /sefaca\.toml/.test(origins.open_files));
  check('… on-unavailable', origins.on_unavailable === '--on-unavailable');
}
for (const [name, value, says] of [
  ['level', 'defualt', /defualt/], ['preset', 'compilr', /compilr.*\n?.*compiler/], ['timeout', 'soon', /soon/],
  ['memory', 'much', /much/], ['network', 'some', /some/], ['on-unavailable', 'shrug', /shrug/],
  ['config', '/no/such.toml', /no\/such/], ['working-directory', 'nowhere', /no such directory/],
]) {
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'touch ran', [name]: value })}` });
  const use = one.step('use');
  check(`${name}: '${value}' is refused with 125, and named`, use.outcome === 'failure' &&
    use.outputs['exit-code'] === '125' && says.test(one.log.join('\n')) &&
    !existsSync(join(one.workspace, 'ran')));
}
for (const [name, value] of [['fail-on-violation', 'yes'], ['install-only', '1'], ['version', 'latest']]) {
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'touch ran', [name]: value })}` });
  check(`${name}: '${value}' is refused, and named`, one.conclusion === 'failure' &&
    annotationsOf(one.step('use'), 'error').some(({ message }) => message.includes(`${name}: '${value}'`)) &&
    !existsSync(join(one.workspace, 'ran')));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'true', levle: 'strict' })}` });
  check('an input that there is not is warned of by the runner',
    annotationsOf(one.step('use'), 'warning').some(({ message }) => /levle/.test(message)));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: '$(touch injected); echo "${x@Q}"',
    readonly: '$(touch injected)\n`touch injected`', env: 'A=$(touch injected)' })}
- run: ls` });
  check('inputs are words, not scripts', !one.says(/^injected$/));
}

// --- Ends --------------------------------------------------------------------------------------

{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'echo started; sleep 100', timeout: '1' })}
- if: always()
  run: echo "ended with \${{ steps.use.outputs.exit-code }}"` });
  check('a time-out is 124', one.says(/^ended with 124$/) && one.conclusion === 'failure');
  check('… an annotation', annotationsOf(one.step('use'), 'error').some(({ message }) => /timeout/.test(message)));
  check('… and in the summary', /timeout_exceeded/.test(one.step('use').summary));
}
{
  const one = await job({ cancelWhen: 'it runs', steps: `${kCheckout}${action('use', {
    run: 'trap "" INT; (sleep 99 & echo $! >one; exec setsid sleep 99) & sleep 0.2; echo "it runs"; sleep 99' })}
- name: not
  run: echo never
- if: cancelled()
  run: echo "cancelled $(cat one) \${{ steps.use.outputs.exit-code }}"
- if: always()
  run: pid=$(cat one); if kill -0 $pid 2>/dev/null; then echo "left $pid"; else echo "nothing left"; fi` });
  check('a job that is cancelled ends', one.conclusion === 'cancelled' && one.step('not').outcome === 'skipped');
  check('… as cancelled', one.says(/^cancelled [0-9]+ /));
  check('… with all that the command started', one.says(/^nothing left$/));
}

// --- Blocked ------------------------------------------------------------------------------------

const kBlocked = 'touch "$HOME/forged" || true; echo done';
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: kBlocked, preset: 'compiler' })}
- run: echo "n=\${{ steps.use.outputs.violations }}"` });
  const { summary, outcome, outputs } = one.step('use');
  check('green, and yet blocked', one.conclusion === 'success' && outcome === 'success' && one.says(/^done$/));
  check('… is counted', Number(outputs.violations) >= 1);
  check('… is said in the summary', /Green, and yet blocked/.test(summary) && /filesystem_write_denied/.test(summary));
  check('… with what would allow it', /&#45;|--readwrite|readwrite/.test(summary));
  check('… and as warnings', annotationsOf(one.step('use'), 'warning')
    .some(({ message, title }) => title === 'sefaca' && /blocked: filesystem_write_denied: .*forged/.test(message)));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: kBlocked, 'fail-on-violation': true })}
- name: not
  run: echo never` });
  check('fail-on-violation makes it a failure', one.conclusion === 'failure' && one.step('not').outcome === 'skipped');
  check('… although the command succeeded', one.step('use').outputs['exit-code'] === '0');
  check('… as errors', annotationsOf(one.step('use'), 'error').some(({ message }) => /fail-on-violation: [1-9]/.test(message)));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'true', 'fail-on-violation': true })}` });
  check('fail-on-violation without one is green', one.conclusion === 'success');
}
{
  const many = Array.from({ length: 30 }, (_, n) => `touch "$HOME/forged-${n}" 2>/dev/null || true`).join('; ');
  const one = await job({ steps: `${kCheckout}${action('use', { run: many })}` });
  const warnings = annotationsOf(one.step('use'), 'warning');
  check('at most ten annotations, the rest counted', warnings.length === 10 &&
    /[0-9]+ more/.test(warnings.at(-1).message) && (one.step('report').droppedAnnotations ?? 0) === 0);
}
{
  const one = await job({
    repository: tree({ '.sefaca.toml': '# policy\n[default]\nnetwork = "deny"\n' }),
    steps: `${kCheckout}${action('use', { run: 'curl -sS http://127.0.0.1:9/ || true' })}` });
  check('what a policy of the checkout stops is shown at its line', annotationsOf(one.step('use'), 'warning')
    .some(({ message, file, line }) => /network_access_denied/.test(message) && file === '.sefaca.toml' && line === '3'));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: kBlocked,
    'log-artifact-path': '${{ runner.temp }}/logs/sefaca.jsonl' })}
- uses: actions/upload-artifact@v4
  with: {name: log, path: "\${{ runner.temp }}/logs/sefaca.jsonl", if-no-files-found: error}` });
  const kept = join(one.temporary, '../../artifacts/log/sefaca.jsonl');
  check('the log becomes an artifact', one.conclusion === 'success' &&
    JSON.parse(readFileSync(kept, 'utf8')).violations.length > 0);
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'ln -s "$PWD/.." out',
    'log-artifact-path': 'out/sefaca.jsonl' })}` });
  check('… and not by a link that a command has left', one.conclusion === 'failure' &&
    annotationsOf(one.step('use'), 'error').some(({ message }) => /it leads out of the checkout/.test(message)) &&
    !existsSync(join(one.workspace, '../sefaca.jsonl')));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'true',
    env: 'X=1' }, 'env: {SEFACA_LOG_FILE: "${{ runner.temp }}/mine.jsonl"}')}
${action('only', { 'install-only': 'true' })}
- run: sefaca run -- true; cat "$SEFACA_LOG_FILE" | wc -l` });
  check("the action's log is its own, whatever the workflow set", one.step('use').outputs.log.includes('/sefaca/step.'));
  check('… and later runs share one', one.says(/^ *1$/));
}
finish();
