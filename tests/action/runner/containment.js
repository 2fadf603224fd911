// What a command in a job can't do to the steps after it and to the runner; and what it can't read.
import { readFileSync } from 'node:fs';

import { action, annotationsOf, check, finish, job, settings, tree } from './cases.js';

const kCheckout = '- uses: actions/checkout@v4\n';
const script = (lines) => lines.join('\n');
const kInstall = action('install', { 'install-only': true });

// --- What it prints is no command --------------------------------------------------------------

const kForgeries = script([
  'echo "::error file=a.txt,line=1::forged"',
  'echo "::warning::forged" >&2',
  'echo "  ::notice::forged"',
  'echo "in the middle ##[error]forged"',
  'echo "##[add-mask]text"',
  'echo "::add-mask::text"',
  'echo "::set-output name=forged::1"',
  'echo "::save-state name=forged::1"',
  'echo "::add-matcher::m.json"',
  'echo "::stop-commands::forged"',
  'echo "::error::forged after a stop"',
  'printf "::%064d::\\n::error::forged after a guess\\n" 0',
  'printf "::error::without an end"',
]);
{
  const bare = await job({ steps: `${kCheckout}- id: bare\n  run: |\n${kForgeries.replace(/^/gm, '    ')}` });
  check('bare, the runner obeys', annotationsOf(bare.step('bare'), 'error').length === 2 &&
    bare.step('bare').outputs.forged === '1' && bare.says(/\*\*\*/));
  const one = await job({ steps: `${kCheckout}${action('use', { run: kForgeries })}
- run: echo "text stays text"` });
  const use = one.step('use');
  check('commands that are printed are none', use.annotations.length === 0 && use.conclusion === 'success');
  check('… no mask', one.says(/^text stays text$/));
  check('… no output, no state', one.step('run').outputs.forged === undefined &&
    one.step('run').state.forged === undefined);
  check('… they stand in the log', one.says(/^::error file=a.txt,line=1::forged$/));
}
{
  const one = await job({ steps: `${kCheckout}${kInstall}
- id: step
  shell: sefaca-step --preset=development -- bash -e {0}
  run: |
${kForgeries.replace(/^/gm, '    ')}
- id: shown
  uses: OWNER/sefaca/github-action@v1` });
  check("a step's own shell: commands that are printed are none", one.step('step').annotations.length === 0 &&
    one.step('step').outputs.forged === undefined && one.conclusion === 'success');
  check('… and the action without a command reports on it', /1 run, 0 failed/.test(one.step('shown').summary));
}

// --- Files that steer the steps after it -------------------------------------------------------

for (const level of ['default', 'permissive']) {
  const one = await job({ steps: `${kCheckout}${action('use', { level, run: script([
    'for name in GITHUB_ENV GITHUB_PATH GITHUB_OUTPUT GITHUB_STATE GITHUB_STEP_SUMMARY; do',
    '  file=$(printenv $name)',
    '  [ -f "$file" ] || echo "no $name"',
    '  (echo "forged=1" >>"$file") && echo "$name written"',
    '  (rm -f "$file" && ln -s /etc/hostname "$file") && echo "$name replaced"',
    'done',
    '(mv "$RUNNER_TEMP/_runner_file_commands" "$RUNNER_TEMP/x") && echo moved',
    '(touch "$RUNNER_TEMP/_runner_file_commands/set_env_forged") && echo made',
    'true']) })}
- id: after
  run: echo "forged is '$forged'"` });
  check(`level ${level}: no file of the runner's is written, replaced or moved`,
    !one.says(/written|replaced|moved|made$/) && !one.says(/^no GITHUB/));
  check('… later steps are not steered', one.says(/^forged is ''$/) && one.env.forged === undefined &&
    one.step('run').outputs.forged === undefined && !/forged=1/.test(one.step('use').summary));
  check('… and it is named', Number(one.step('use').outputs.violations) >= 5 &&
    ['set_env', 'add_path', 'set_output', 'save_state', 'step_summary'].every((name) =>
      readFileSync(one.step('use').outputs.log, 'utf8').includes(`_runner_file_commands/${name}`)));
}
{
  const steps = (name) => `${kCheckout}${kInstall}
- id: steered
  shell: sefaca run --readwrite=${name} -- bash -e {0}
  run: |
    echo "granted=1" >>"$GITHUB_OUTPUT"
    echo "FORGED=1" >>"$GITHUB_ENV" || true
- run: echo "\${{ steps.steered.outputs.granted }} '$FORGED'"`;
  const one = await job({ steps: steps('$GITHUB_OUTPUT') });
  check('one file can be granted, and only that', one.says(/^1 ''$/));
}
{
  const one = await job({ steps: `${kCheckout}${kInstall}
- id: step
  shell: sefaca run --preset=development -- bash -e {0}
  working-directory: inner
  env: {GIVEN: "a  b"}
  run: |
    pwd
    echo "$GIVEN"
    cat "$0" | wc -l
    echo made >made
    ls "$RUNNER_TEMP"/*.sh >/dev/null && echo "x" >"$0"
- name: not
  run: echo never`, repository: tree({ 'inner/x': '' }) });
  const { lines, conclusion } = one.step('step');
  check('sefaca run as a shell: where, with what, and its own script', lines.includes(`${one.workspace}/inner`) &&
    lines.includes('a  b') && lines.some((line) => /^ *[56]$/.test(line)));
  check('… which it can read and not write', conclusion === 'failure' && one.step('not').outcome === 'skipped');
}

// --- Secrets ------------------------------------------------------------------------------------

const kLook = script(['env', 'cat .git/config', 'cat "$RUNNER_TEMP"/git-credentials-*',
  'cat "$RUNNER_TEMP/key.pem"', 'true']).replaceAll(/^(cat .*)$/gm, '$1 || true');
for (const checkout of ['v4', 'v6']) {
  const steps = (step) => `- uses: actions/checkout@${checkout}
- run: echo "a private key" >"$RUNNER_TEMP/key.pem"
${step}`;
  const head = '    permissions: {contents: read, id-token: write}\n    env: {DEPLOY_TOKEN: "${{ secrets.DEPLOY }}", GITHUB_TOKEN: "${{ github.token }}"}\n';
  const secrets = { DEPLOY: 'hunter2-hunter2' };
  // Lines are not masked, as the command printed them.
  const shows = (step) => ['hunter2', 'ghs_', 'id-token-0123', 'AUTHORIZATION', 'a private key']
    .filter((text) => step.lines.some((line) => line.includes(text)));
  const bare = await job({ head, secrets, steps: steps(`- id: bare\n  run: |\n${kLook.replace(/^/gm, '    ')}`) });
  check(`checkout ${checkout}: bare, everything is read`, shows(bare.step('bare')).length === 5);
  check('… and masked in the log alone', !bare.says(/hunter2|ghs_/));
  for (const preset of ['compiler', 'testing']) {
    const one = await job({ head, secrets, steps: steps(action('use', { preset, run: kLook })) });
    check(`checkout ${checkout}, ${preset}: nothing of it`, one.step('use').outcome === 'success' &&
      shows(one.step('use')).length === 0);
    check('… which is named', Number(one.step('use').outputs.violations) >= 1);
  }
  const named = await job({ head, secrets, steps: steps(action('use', { env: 'DEPLOY_TOKEN', run: 'env' })) });
  check(`checkout ${checkout}: one variable can be named`, shows(named.step('use')).join() === 'hunter2');
}
{
  const one = await job({ steps: `- uses: actions/checkout@v4
  with: {persist-credentials: false}
${action('use', { run: 'git status --short && git config --list --local' })}` });
  check('persist-credentials: false leaves git its configuration', one.step('use').outcome === 'success');
}
{
  // The variables in which the action's own steps hand over their inputs are not the command's.
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'env', preset: 'testing' })}` });
  check("the action's own variables stay outside", !one.says(/^(SEFACA_INPUT|SEFACA_PREFIX|GH_TOKEN)/));
}
{
  const one = await job({ steps: `${kCheckout}${action('use', { run: 'exit 0' })}
- run: echo "\${{ github.action_repository }}"`,
    // An action of somebody's that uses ours: github.action_repository names theirs then.
    repository: tree({ 'theirs/action.yml': script([
      'name: theirs', 'description: x', 'inputs: {what: {default: x}}', 'runs:', '  using: composite', '  steps:',
      '    - uses: OWNER/sefaca/github-action@v1', '      with: {run: "echo inner ${{ inputs.what }}"}']) }),
  });
  check('a job of its own', one.conclusion === 'success');
  const nested = await job({ steps: `${kCheckout}- id: theirs
  uses: ./theirs
  with: {what: nested}`, repository: tree({ 'theirs/action.yml': script([
    'name: theirs', 'description: x', 'inputs: {what: {default: x}}', 'runs:', '  using: composite', '  steps:',
    '    - uses: OWNER/sefaca/github-action@v1', '      with: {run: "echo inner ${{ inputs.what }}"}']) }) });
  check('used by another composite action', nested.says(/^inner nested$/) &&
    nested.says(new RegExp(`release v${settings.version} of OWNER/sefaca`)));
}
finish();
