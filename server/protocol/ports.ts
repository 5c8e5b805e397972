/** Ports for the cross-build picker. */

/** Request without parameters: every port `go tool dist list` has, as {@link PortInfo}[]. */
export const PORTS_REQUEST = 'gospect/ports';

export interface PortInfo {
  goos: string;
  goarch: string;
  firstClass: boolean;
  cgoSupported: boolean;
}
