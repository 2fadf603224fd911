// `shell:`, as the runner makes a program and its words of it.
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const kBuiltIn = {
  bash: ['bash', '--noprofile --norc -e -o pipefail {0}', '.sh'],
  sh: ['sh', '-e {0}', '.sh'],
  python: ['python', '{0}', '.py'],
};

// The program's path on PATH, or null.
export function which(program, path) {
  const candidates = isAbsolute(program) ? [program]
    : path.split(':').filter(isAbsolute).map((directory) => join(directory, program));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  }) ?? null;
}

// Words as .NET splits a line of arguments: blanks and double quotes, no single ones.
function words(line) {
  const out = [];
  let word = null;
  let quoted = false;
  for (let at = 0; at < line.length; ++at) {
    const c = line[at];
    if (c === '\\' && line[at + 1] === '"') {
      word = (word ?? '') + '"';
      ++at;
    } else if (c === '"') {
      quoted = !quoted;
      word ??= '';
    } else if ((c === ' ' || c === '\t') && !quoted) {
      if (word !== null) out.push(word);
      word = null;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (word !== null) out.push(word);
  return out;
}

// {program, words(scriptPath), ending} of a step's `shell:`; undefined: none was named. `find`
// says where a program is, or null.
export function shellOf(shell, find) {
  let known = kBuiltIn[shell];
  if (shell === undefined || shell === '')
    known = find('bash') ? ['bash', '-e {0}', '.sh'] : kBuiltIn.sh;
  let program, format, ending;
  if (known) {
    [program, format, ending] = known;
  } else {
    if (!shell.includes('{0}'))
      throw new Error('Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, ' +
        "powershell, pwsh) or a format string containing '{0}'");
    const blank = shell.indexOf(' ');
    [program, format, ending] = [shell.slice(0, blank), shell.slice(blank + 1), ''];
  }
  const path = find(program);
  if (!path) throw new Error(`${program}: command not found`);
  return { program: path, words: (script) => words(format.replaceAll('{0}', script)), ending };
}
