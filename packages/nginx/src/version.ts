/** `map` values that combine text and variables came with it. Source: nginx.org, ngx_http_map_module. */
const oldest = [1, 11, 2] as const;

/** True for a version of nginx that cannot read the include files. */
export function isTooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  const at = oldest.findIndex((part, index) => parts[index] !== part);
  return at >= 0 && !((parts[at] ?? 0) > oldest[at]!);
}
