// What a step prints, looked through for commands to the runner: `::error …::text`, and the old
// `##[error]text`, which may stand anywhere in a line.
const kAnnotations = ['error', 'warning', 'notice'];
const kNames = [...kAnnotations, 'debug', 'group', 'endgroup', 'add-mask', 'stop-commands', 'echo',
  'add-matcher', 'remove-matcher', 'set-output', 'save-state', 'set-env', 'add-path'];
const kMostAnnotations = 10;  // of a type, a step
const kLongestMessage = 4096;

const unescapeData = (text) =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
const unescapeProperty = (text) =>
  unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));

function properties(text, separator) {
  return Object.fromEntries(text.split(separator).filter((one) => one.includes('=')).map((one) => {
    const [name, ...rest] = one.trim().split('=');
    return [name, unescapeProperty(rest.join('='))];
  }));
}

// One step's commands. `extra`: what a step found out, beside its files.
export class Commands {
  annotations = [];
  dropped = 0;
  outputs = {};
  state = {};
  masks = [];
  errors = [];
  lines = [];  // what the log shows
  #stopToken = null;

  take(line) {
    const command = this.#parse(line);
    if (!command) {
      this.lines.push(line);
    } else if (this.#stopToken !== null) {
      if (command.name === this.#stopToken) this.#stopToken = null;
      else this.lines.push(line);
    } else {
      this.#obey(command);
    }
  }

  #isKnown(name) {
    return kNames.includes(name) || name === this.#stopToken;
  }

  #parse(line) {
    const text = line.trimStart();
    if (text.startsWith('::')) {
      const end = text.indexOf('::', 2);
      if (end >= 0) {
        const [name, ...rest] = text.slice(2, end).split(' ');
        if (this.#isKnown(name.toLowerCase()))
          return {
            name: name.toLowerCase(),
            properties: properties(rest.join(' '), ','),
            data: unescapeData(text.slice(end + 2)),
          };
      }
    }
    const old = /##\[([^\] ]*)(?: ([^\]]*))?\](.*)/.exec(line);
    if (!old || !this.#isKnown(old[1].toLowerCase())) return null;
    return {
      name: old[1].toLowerCase(),
      properties: properties(old[2] ?? '', ';'),
      data: unescapeData(old[3]),
    };
  }

  #obey({ name, properties: given, data }) {
    switch (name) {
      case 'stop-commands':
        this.#stopToken = data.toLowerCase();
        break;
      case 'add-mask':
        if (data.trim() !== '') this.masks.push(data);
        break;
      case 'set-output':
        this.outputs[given.name] = data;
        break;
      case 'save-state':
        this.state[given.name] = data;
        break;
      case 'set-env':
      case 'add-path':
        this.errors.push(`The \`${name}\` command is disabled.`);
        break;
      default:
        if (kAnnotations.includes(name)) this.annotate(name, data, given);
    }
  }

  annotate(type, message, given = {}) {
    if (this.annotations.filter((one) => one.type === type).length >= kMostAnnotations) {
      ++this.dropped;
      return;
    }
    const { file, line, title } = given;
    this.annotations.push({ type, message: message.slice(0, kLongestMessage), file, line, title });
  }
}
