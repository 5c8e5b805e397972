/** Differences of remarks as SARIF 2.1.0: what is new and what is absent since the base. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RemarkChange } from '../../core/remark/diff.ts';
import { kindNames, type Remark } from '../../core/remark/remark.ts';

export function sarif(changes: readonly RemarkChange[], cwd: string): object {
  const rules = [...new Set(changes.map(({ remark }) => kindNames[remark.kind]))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gospect', rules: rules.map(id => ({ id })) } },
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(cwd).href}/` } },
        columnKind: 'utf16CodeUnits',
        results: changes.map(({ change, remark }) => ({
          ruleId: kindNames[remark.kind],
          level: 'note',
          baselineState: change === 'gained' ? 'new' : 'absent',
          message: { text: remark.message },
          locations: location(remark, cwd),
        })),
      },
    ],
  };
}

function location({ source, start, end, function: name }: Remark, cwd: string): object[] {
  if (source === null) return [];
  const place = (offset: number) => {
    const line = source.lineOf(offset);
    return { line: line + 1, column: offset - source.lineStarts()[line] + 1 };
  };
  const [from, to] = [place(start), place(end)];
  const uri = path.posix.relative(cwd, source.path).split('/').map(encodeURIComponent).join('/');
  return [
    {
      physicalLocation: {
        artifactLocation: { uri, uriBaseId: 'ROOT' },
        region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
      },
      ...(name === '' ? {} : { logicalLocations: [{ fullyQualifiedName: name, kind: 'function' }] }),
    },
  ];
}
