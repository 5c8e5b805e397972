/** A program of one file as it was and as it is, built both times where there is Go: what the binary explorer is shown. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { found } from '../go.ts';
import { project } from './window.ts';

const BEFORE = `package main

import (
	"fmt"
	"os"
	"reflect"
)

type Order struct{ Lines int }

func (o Order) Total() int { return 3 * o.Lines }

func main() {
	method := reflect.ValueOf(Order{len(os.Args)}).MethodByName(os.Args[0])
	fmt.Println(method.IsValid())
}
`;
const NOW = BEFORE.replace('.IsValid())', '.IsValid(), discount(len(os.Args)))').concat(`
//go:noinline
func discount(n int) (sum int) {
	for i := range n {
		sum += i * n
		fmt.Fprintln(os.Stderr, "discount", i, sum)
	}
	return sum
}
`);

/**
 * A folder with main.go, its program `order`, and `earlier`, the program before the function discount came, which is
 * also what was committed. Without Go there are no programs.
 */
export function orderProject(): string {
  const folder = project({
    'go.mod': 'module example.com/order\n\ngo 1.22\n',
    'main.go': BEFORE,
    '.vscode/settings.json': JSON.stringify({
      'workbench.editorAssociations': { '{order,earlier}': 'gospect.binary' },
    }),
  });
  const build = (out: string) => {
    if (found) execFileSync(found.go, ['build', '-buildvcs=false', '-o', out], { cwd: folder, stdio: 'pipe' });
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  build('earlier');
  git('init', '-q');
  git('add', 'go.mod', 'main.go');
  git('commit', '-qm', 'first');
  fs.writeFileSync(path.join(folder, 'main.go'), NOW);
  build('order');
  return folder;
}
