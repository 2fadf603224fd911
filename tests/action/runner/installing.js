// Where the program comes from: a release with a right and with a wrong checksum, none, the cache,
// an earlier step; and what is said of it.
import {
  chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { action, annotationsOf, check, finish, freshDirectory, job, settings, tree } from './cases.js';

const kCheckout = '- uses: actions/checkout@v4\n';
const use = (repository, inputs) => action('use', { run: 'echo ran', ...inputs }).replace('OWNER/sefaca', repository);

// A PATH without these programs.
function pathWithout(...names) {
  const programs = freshDirectory();
  for (const directory of settings.path.split(':').filter(existsSync)) {
    for (const name of readdirSync(directory)) {
      if (!names.includes(name) && !existsSync(join(programs, name)))
        symlinkSync(join(directory, name), join(programs, name));
    }
  }
  return programs;
}
const environment = (path) => ({ PATH: path, HOME: process.env.HOME, CURL_CA_BUNDLE: settings.authority });
const bare = environment(pathWithout('cmake', 'apt-get', 'gh'));

{
  const one = await job({ steps: `${kCheckout}${use('OWNER/sefaca', { version: `v${settings.version}` })}` });
  check('a release by its name', one.says(/installed from release v/) && one.says(/^ran$/));
  check('… how it was proved is said', one.says(/\(checksum verified; attestations are GitHub's/));
  check('… it is on PATH', one.path.length === 1 && existsSync(join(one.path[0], 'SEFACA')));
  check('… with the CMake and the make door', existsSync(join(one.path[0], '../lib/cmake/Sefaca/Sefaca.cmake')) &&
    existsSync(join(one.path[0], '../include/sefaca.mk')) && existsSync(join(one.path[0], 'sefaca-sh')));
  check('… and nothing else is left', !readdirSync(one.temporary).some((name) => /sefaca-(fetch|build)/.test(name)));
}
{
  const one = await job({ steps: `${kCheckout}${use('OWNER/changed')}`, environment: bare });
  check('an archive that is not what its checksum says is refused', one.conclusion === 'failure' && !one.says(/^ran$/));
  check('… and named', annotationsOf(one.step('use'), 'error')
    .some(({ message }) => /sefaca-.*\.tar\.gz is not what SHA256SUMS of v.* says/.test(message)));
  check('… nothing of it was installed', one.path.length === 0 &&
    !readdirSync(one.temporary).some((name) => existsSync(join(one.temporary, name, 'bin/sefaca'))));
}
{
  const one = await job({ steps: `${kCheckout}${use('OWNER/unnamed')}`, environment: bare });
  check('an archive without a checksum is refused', one.conclusion === 'failure' && !one.says(/^ran$/) &&
    annotationsOf(one.step('use'), 'error').some(({ message }) => /is not what SHA256SUMS/.test(message)));
}
{
  const one = await job({ steps: `${kCheckout}${use('OWNER/none')}`, environment: bare });
  check('no release, nothing to build with: it fails', one.conclusion === 'failure' && !one.says(/^ran$/));
  check('… that there is no release is said', one.says(/no release v.* for .* could be fetched; building it/));
  check('… and what a build needs', annotationsOf(one.step('use'), 'error')
    .some(({ message }) => /can't be built here.*g\+\+.*libseccomp-dev/.test(message)));
}
{
  const one = await job({ steps: `${kCheckout}${use('OWNER/sefaca', { version: 'v9.9.9' })}`, environment: bare });
  check('a release that there is not', one.conclusion === 'failure' && one.says(/no release v9\.9\.9 for/));
}
{
  const one = await job({ steps: `${kCheckout}${use('OWNER/sefaca')}`,
    environment: { ...bare, CURL_CA_BUNDLE: '/etc/ssl/certs/ca-certificates.crt' } });
  check('a server with a certificate of nobody known is not believed', one.conclusion === 'failure' &&
    one.says(/certificate/) && !one.says(/^ran$/));
}
{
  const one = await job({ steps: `${kCheckout}${use('OWNER/sefaca')}`,
    environment: { ...environment(pathWithout('curl', 'wget', 'cmake', 'apt-get', 'gh')) } });
  check('neither curl nor wget', one.conclusion === 'failure' && one.says(/no release v.* could be fetched/));
}

// As if from GitHub: curl is told to find github.com at the server of the test.
{
  const home = freshDirectory();
  writeFileSync(join(home, '.curlrc'), `connect-to = "github.com:443:${new URL(settings.server).host}"\n`);
  const programs = pathWithout('cmake', 'apt-get', 'gh');
  const options = { server: 'https://github.com', environment: { ...environment(programs), HOME: home },
    steps: `${kCheckout}${use('OWNER/sefaca')}` };
  const one = await job(options);
  check('where there is no gh, it is said that the attestation was not verified', one.says(/^ran$/) &&
    one.says(/\(checksum verified; no gh to verify the attestation with\)/));
  for (const [answer, code] of [['verified', 0], ['refused', 1]]) {
    writeFileSync(join(home, 'gh'), `#!/bin/sh\necho "$* $GH_TOKEN" >"${home}/asked"\nexit ${code}\n`, { mode: 0o755 });
    const two = await job({ ...options, environment: { ...options.environment, PATH: `${home}:${programs}` } });
    const asked = readFileSync(join(home, 'asked'), 'utf8');
    check(`gh is asked with the job's token about this archive of this repository: ${answer}`,
      /^attestation verify .*\/sefaca-[^ ]*\.tar\.gz --repo OWNER\/sefaca ghs_/.test(asked));
    check(`… ${answer}: it runs, or not`, two.says(/^ran$/) === (code === 0) &&
      two.says(code === 0 ? /\(checksum and attestation verified\)/ : /attestation of .* can't be verified/));
  }
}

// The cache. What a build would have left there is put there from the release.
{
  const cache = freshDirectory();
  const steps = `${kCheckout}${use('OWNER/sefaca', { version: 'source' })}`;
  const find = await job({ steps, cache, environment: bare });
  check('version: source does not ask for a release', !find.says(/release v.* of/) && find.conclusion === 'failure');
  const released = await job({ steps: `${kCheckout}${use('OWNER/sefaca')}` });
  const { key, prefix } = find.step('find').outputs;
  const into = join(cache, Buffer.from(key).toString('base64url'));
  symlinkSync(dirname(released.path[0]), into);
  const one = await job({ steps, cache, environment: bare });
  check('a hit of the cache', one.step('cache').outputs['cache-hit'] === 'true' && one.says(/^ran$/));
  check('… is said', one.says(/found as an earlier step or the cache left it/));
  check('… its key names the system and the sources', /^sefaca-[a-z0-9_]+-[a-z]+[0-9.]*-[0-9.]*-?[0-9a-f]{32}$/.test(key.replace(/-debian-/, '-debian-')) &&
    prefix.endsWith(key.slice(-32)));
}
{
  const cache = freshDirectory();
  const where = freshDirectory();
  mkdirSync(join(where, 'bin'));
  writeFileSync(join(where, 'bin/sefaca'), '#!/no/such/interpreter\n');
  chmodSync(join(where, 'bin/sefaca'), 0o755);
  const steps = `${kCheckout}${use('OWNER/sefaca', { version: 'source' })}`;
  const find = await job({ steps, cache, environment: bare });
  symlinkSync(where, join(cache, Buffer.from(find.step('find').outputs.key).toString('base64url')));
  const one = await job({ steps, cache, environment: bare });
  check('a program that does not start is no program', one.conclusion === 'failure' &&
    annotationsOf(one.step('use'), 'error').some(({ message }) => /does not start here/.test(message)));
}

// Building, with a small project in the place of this one's sources, whose program was built before:
// from_source.js builds the real one.
{
  const released = await job({ steps: `${kCheckout}${use('OWNER/sefaca')}` });
  const project = (more) => {
    const top = tree({
      'CMakeLists.txt': `cmake_minimum_required(VERSION 3.20)
project(sefaca VERSION ${settings.version} LANGUAGES NONE)
${more}
install(PROGRAMS core/sefaca DESTINATION bin)
`,
      ...Object.fromEntries(['cmake', 'cmake-module', 'launcher', 'make-shim', 'shipper'].map((name) => [`${name}/x`, name])),
    });
    mkdirSync(join(top, 'core'));
    copyFileSync(join(released.path[0], 'sefaca'), join(top, 'core/sefaca'));
    cpSync(join(settings.action, 'github-action'), join(top, 'github-action'), { recursive: true });
    return top;
  };
  const steps = `- uses: actions/checkout@v4
- id: use
  uses: ./github-action
  with: {run: echo ran}`;
  const cache = freshDirectory();
  const good = project('');
  const one = await job({ steps, cache, repository: good });
  check('a checkout of its own is built', one.says(/^ran$/) && one.says(/built from the action's own checkout/));
  check('… no release is asked for', !one.says(/release v/));
  check('… nothing else is left', !readdirSync(one.temporary).some((name) => name.startsWith('sefaca-build')));
  check('… without sefaca-ship, which is said', one.says(/sefaca-ship does not start here/));
  const two = await job({ steps, cache, repository: good });
  check('… and the next job has it from the cache', two.says(/^ran$/) &&
    two.step('cache').outputs['cache-hit'] === 'true' && two.says(/found as an earlier step or the cache left it/));
  const other = await job({ steps, cache, repository: project('# other sources') });
  check('… other sources are not the same', other.step('cache').outputs['cache-hit'] === '' && other.says(/^ran$/));

  // What a later step does to the program is not what the next job gets.
  const poisoned = freshDirectory();
  await job({ steps: `${steps}\n- run: echo '#!/bin/false' >"$(command -v sefaca)"`, cache: poisoned, repository: good });
  const after = await job({ steps, cache: poisoned, repository: good });
  check('the cache keeps the program as it was built', after.step('cache').outputs['cache-hit'] === 'true' && after.says(/^ran$/));

  const broken = await job({ steps, repository: project('add_custom_target(bad ALL COMMAND echo a compiler complains && false)') });
  check('a build that fails fails the step, with its last lines', broken.conclusion === 'failure' && !broken.says(/^ran$/) &&
    broken.says(/a compiler complains/) && annotationsOf(broken.step('use'), 'error')
    .some(({ message }) => /building sefaca failed/.test(message)));

  // Packages are missing, and apt-get would bring them: root's alone to do.
  const programs = freshDirectory();
  const needed = join(programs, 'package');
  writeFileSync(join(programs, 'apt-get'), `#!/bin/sh\necho "$*" >>"${programs}/asked"\ncase $* in *install*) : >"${needed}" ;; esac\n`,
    { mode: 0o755 });
  const three = await job({ steps, environment: environment(`${programs}:${settings.path}`),
    repository: project(`if(NOT EXISTS "${needed}")\n  message(FATAL_ERROR "a package is missing")\nendif()`) });
  const root = process.getuid() === 0;
  check(root ? 'packages are installed as root, which is said' : 'no package is installed by an ordinary user',
    three.says(/installing what the build needs \(as root\)/) === root && existsSync(join(programs, 'asked')) === root);
  check(root ? '… and then it builds' : '… what is needed is named', root ? three.says(/^ran$/)
    : three.says(/can't be built here.*it needs: g\+\+ .*libseccomp-dev/) && three.says(/a package is missing/));
  check('… those of the list', !root || /install g\+\+ cmake make .*libseccomp-dev/.test(readFileSync(join(programs, 'asked'), 'utf8')));
}
finish();
