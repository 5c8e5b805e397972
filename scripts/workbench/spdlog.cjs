// In place of VS Code's native module of this name, which would have to be compiled: log files written synchronously.
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.file = file;
    this.level = LEVELS.indexOf('info');
    this.plain = false;
  }
  write(level, text) {
    if (level < this.level) return;
    fs.appendFileSync(this.file, this.plain ? text : `${new Date().toISOString()} [${LEVELS[level]}] ${text}\n`);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  clearFormatters() {
    this.plain = true;
  }
  setPattern() {}
  flush() {}
  drop() {}
}
for (const [level, name] of LEVELS.entries()) {
  Logger.prototype[name] = function (text) {
    this.write(level, text);
  };
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = async (name, file) => new Logger('rotating', name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger('rotating_async', name, file);
