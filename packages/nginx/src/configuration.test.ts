import { expect, test } from 'vitest';
import { allDirectives, readConfiguration } from './configuration.js';

const dump = `nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
# configuration file /etc/nginx/nginx.conf:
user www-data;
http { # a comment with ; and }
  log_format main '$remote_addr "$request" ; }';
  map $uri $\{x}y { "~^/a{2}" "b;c"; default ""; }
  server { location ~ "^/a{1,2}$" { include /etc/bluegreen/web.location.conf; proxy_pass http://$\{pool}_x; } }
}

# configuration file /etc/bluegreen/web.location.conf:
set $a "it's \\"quoted\\"";
`;

test('reads the files of nginx -T with blocks, quotes and comments', () => {
  const configuration = readConfiguration(dump);
  expect([...configuration.keys()]).toEqual(['/etc/nginx/nginx.conf', '/etc/bluegreen/web.location.conf']);
  const all = [...allDirectives(configuration)];
  expect(all.map(({ name }) => name)).toEqual([
    'user',
    'http',
    'log_format',
    'map',
    '~^/a{2}',
    'default',
    'server',
    'location',
    'include',
    'proxy_pass',
    'set',
  ]);
  expect(all.find(({ name }) => name === 'log_format')?.words).toEqual(['main', '$remote_addr "$request" ; }']);
  expect(all.find(({ name }) => name === 'location')?.words).toEqual(['~', '^/a{1,2}$']);
  expect(all.find(({ name }) => name === 'proxy_pass')?.words).toEqual([`http://\${pool}_x`]);
  expect(all.find(({ name }) => name === 'set')?.words).toEqual(['$a', 'it\'s "quoted"']);
});
