/** Ports for the cross-build picker. */

/** Request without parameters: every port `go tool dist list` has, as {@link PortInfo}[]. */
export const PORTS_REQUEST = 'gospect/ports';

export interface PortInfo {
  goos: string;
  goarch: string;
  firstClass: boolean;
  cgoSupported: boolean;
  race: boolean;
  /** Values of -buildmode that the port has. */
  buildmodes: string[];
  /** The variable of the architecture's levels, and the levels with what they ask of the processor; none: ''. */
  knob: string;
  levels: { level: string; meaning: string; isDefault: boolean }[];
}
