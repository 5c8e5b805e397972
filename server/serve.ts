/** The language server: what an editor asks on its connection, answered by the engine and the host's programs. */
import {
  type CancellationToken,
  CodeActionKind,
  type Connection,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { levelsOf } from '../core/load/levels.ts';
import { buildModes, buildModeSupported, ports, sanitizerSupported } from '../core/load/ports.ts';
import { levelKnob } from '../core/load/target.ts';
import { findProfile, parseTargets, profileInfos } from './build/targets.ts';
import type { ServerHost } from './host.ts';
import { askSettings, commandsFor, isSettings, peerOf, watchFiles, withChoice } from './peer.ts';
import { workflow } from './build/workflow.ts';
import { serveLive } from './live.ts';
import { BINARY_REQUEST, type BinaryParams } from './protocol/binary.ts';
import {
  ARCHIVE_REQUEST,
  type ArchiveParams,
  BUILD_PROGRESS,
  BUILD_REQUEST,
  type BuildParams,
  type BuildProgress,
  GRAPH_REQUEST,
  type GraphParams,
  type ProfileInfo,
  PROFILES_REQUEST,
  type ProfilesParams,
  WORKFLOW_REQUEST,
  type WorkflowParams,
  RECORDS_REQUEST,
  EXPORT_REQUEST,
  type ExportParams,
  WHAT_IF_REQUEST,
  type WhatIfParams,
} from './protocol/builds.ts';
import { PORTS_REQUEST, type PortInfo } from './protocol/ports.ts';
import { REPORT_PROGRESS, REPORT_REQUEST, type ReportParams, type ReportProgress } from './protocol/reports.ts';
import { readSettings } from './settings.ts';

/** Answers an editor on this connection. Capabilities are those that work, and no others. */
export function serve(connection: Connection, host: ServerHost): void {
  const engine = host.engine();
  let folder = '';
  let settings: unknown = {};
  let peer = peerOf({ processId: null, rootUri: null, capabilities: {} });
  const configure = (value: unknown) => {
    settings = value;
    engine.send({ type: 'settings', settings: readSettings(value, folder, host.env) });
  };
  engine.onRestart(() => configure(settings));
  const pull = async () => {
    const found = await askSettings(connection, peer).catch(() => null);
    if (found !== null) configure(found);
  };

  connection.onInitialize((params): InitializeResult => {
    peer = peerOf(params);
    const root = params.workspaceFolders?.[0]?.uri ?? params.rootUri;
    folder = root ? URI.parse(root).fsPath : '';
    const { assets } = (params.initializationOptions ?? {}) as { assets?: unknown };
    if (typeof assets === 'string') host.useAssets?.(assets);
    configure(params.initializationOptions);
    return {
      serverInfo: { name: 'gospect' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        inlayHintProvider: true,
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        executeCommandProvider: { commands: commandsFor(peer) },
      },
    };
  });
  connection.onInitialized(() => {
    void watchFiles(connection, peer).catch(() => undefined);
    if (!isSettings(settings)) void pull();
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    if (isSettings(settings)) configure(settings);
    else void pull();
  });
  connection.onExecuteCommand(({ command, arguments: [choice] = [] }) => {
    if (commandsFor(peer).includes(command) && typeof choice === 'string')
      configure(withChoice(settings, command, choice));
    return null;
  });
  serveLive(connection, engine, () => peer);
  answerRequests(connection, host);
  connection.listen();
}

/** Gospect's own requests: those of its views, commands and pages. */
function answerRequests(connection: Connection, host: ServerHost): void {
  connection.onRequest(PORTS_REQUEST, (): PortInfo[] =>
    ports
      .filter(port => !port.broken)
      .map(({ goos, goarch, firstClass, cgoSupported }) => ({
        goos,
        goarch,
        firstClass,
        cgoSupported,
        race: sanitizerSupported('race', goos, goarch),
        buildmodes: buildModes.filter(mode => buildModeSupported(mode, goos, goarch)),
        knob: levelKnob(goarch)?.variable ?? '',
        levels: levelsOf(goarch),
      })),
  );
  connection.onRequest(BINARY_REQUEST, async (params: BinaryParams): Promise<unknown> => host.binary(params));
  connection.onRequest(
    BUILD_REQUEST,
    async (params: BuildParams, token): Promise<unknown> =>
      host.build(params, abortSignal(token), event => {
        const progress: BuildProgress = { id: params.id, event };
        void connection.sendNotification(BUILD_PROGRESS, progress);
      }),
  );
  connection.onRequest(WHAT_IF_REQUEST, async (params: WhatIfParams): Promise<unknown> => host.whatIf(params));
  connection.onRequest(EXPORT_REQUEST, async (params: ExportParams): Promise<unknown> => host.export(params));
  connection.onRequest(ARCHIVE_REQUEST, async (params: ArchiveParams): Promise<unknown> => host.archive(params));
  connection.onRequest(PROFILES_REQUEST, ({ profiles, target, flags, packages }: ProfilesParams): ProfileInfo[] => {
    const [t = null] = parseTargets(target === '' ? [] : [target]);
    return profileInfos(profiles, t, flags, packages);
  });
  connection.onRequest(WORKFLOW_REQUEST, (params: WorkflowParams): string => {
    const profile = findProfile(params.profile, params.profiles);
    const { env, flags, musl = false } = profile;
    return workflow({
      ...params,
      targets: parseTargets(params.targets),
      env,
      musl,
      flags: [...flags, ...params.flags],
    });
  });
  connection.onRequest(RECORDS_REQUEST, async (): Promise<unknown> => host.records());
  connection.onRequest(GRAPH_REQUEST, async (params: GraphParams): Promise<unknown> => host.graph(params));
  connection.onRequest(
    REPORT_REQUEST,
    async (params: ReportParams, token): Promise<unknown> =>
      host.report(params, abortSignal(token), message => {
        const progress: ReportProgress = { id: params.id, message };
        void connection.sendNotification(REPORT_PROGRESS, progress);
      }),
  );
}

function abortSignal(token: CancellationToken): AbortSignal {
  const stop = new AbortController();
  token.onCancellationRequested(() => stop.abort());
  return stop.signal;
}
