// The files by which a step tells the runner something: fresh ones for each step, read after it.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const kFiles = {
  GITHUB_ENV: 'set_env',
  GITHUB_PATH: 'add_path',
  GITHUB_OUTPUT: 'set_output',
  GITHUB_STATE: 'save_state',
  GITHUB_STEP_SUMMARY: 'step_summary',
};
const kMostOfSummary = 1024 * 1024;
const kNotByFile = ['NODE_OPTIONS'];  // refused in GITHUB_ENV

// Makes them below `temporary`: the variables that name them, as the runner's own paths.
export function makeFiles(temporary) {
  const directory = join(temporary, '_runner_file_commands');
  mkdirSync(directory, { recursive: true });
  const id = randomUUID();
  const variables = {};
  for (const [variable, name] of Object.entries(kFiles)) {
    variables[variable] = join(directory, `${name}_${id}`);
    writeFileSync(variables[variable], '');
  }
  return variables;
}

// NAME=VALUE, or NAME<<END, lines, END.
export function pairs(content) {
  const out = {};
  const lines = content.split('\n');
  for (let at = 0; at < lines.length; ++at) {
    const line = lines[at];
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new Error(`Invalid format '${line}'. Name must not be empty`);
      out[line.slice(0, equals)] = line.slice(equals + 1);
    } else if (heredoc > 0) {
      const end = lines.indexOf(line.slice(heredoc + 2), at + 1);
      if (end < 0) throw new Error(`Matching delimiter not found '${line.slice(heredoc + 2)}'`);
      out[line.slice(0, heredoc)] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return out;
}

// What a step left in its files. `errors`: what the runner would refuse, each fails the step.
export function readFiles(variables) {
  const errors = [];
  const content = (name) => (existsSync(variables[name]) ? readFileSync(variables[name], 'utf8') : '');
  const read = (name) => {
    try {
      return pairs(content(name));
    } catch (error) {
      errors.push(`Unable to process file command '${name}': ${error.message}`);
      return {};
    }
  };
  const env = read('GITHUB_ENV');
  for (const name of kNotByFile.filter((one) => one in env)) {
    errors.push(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
    delete env[name];
  }
  let summary = content('GITHUB_STEP_SUMMARY');
  if (Buffer.byteLength(summary) > kMostOfSummary) {
    errors.push('$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k');
    summary = '';
  }
  return {
    env,
    path: content('GITHUB_PATH').split('\n').filter((line) => line !== ''),
    outputs: read('GITHUB_OUTPUT'),
    state: read('GITHUB_STATE'),
    summary,
    errors,
  };
}
