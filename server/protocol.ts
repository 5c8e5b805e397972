/** What client and server say to each other beyond the Language Server Protocol: methods and the shape of their values. */

/** Request without parameters: every port `go tool dist list` has, as {@link PortInfo}[]. */
export const PORTS_REQUEST = 'gospect/ports';

export interface PortInfo {
  goos: string;
  goarch: string;
  firstClass: boolean;
  cgoSupported: boolean;
}
