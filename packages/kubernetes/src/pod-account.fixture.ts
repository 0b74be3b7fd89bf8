import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import type { TestNamespace } from './control-plane.fixture.js';
import type { ServiceAccountOptions } from './service-account.js';

export interface PodAccount extends Required<ServiceAccountOptions> {
  remove(): void;
}

/** Makes a service account, and the two files that a kubelet would mount for it into a pod. */
export async function podAccount(namespace: TestNamespace, name: string): Promise<PodAccount> {
  await namespace.create('serviceaccounts', { metadata: { name } });
  const { server } = namespace.kubeConfig.getCurrentCluster()!;
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-pod-'));
  writeFileSync(join(directory, 'token'), `${await tokenOf(namespace, name)}\n`);
  writeFileSync(join(directory, 'ca.crt'), await authorityOf(new URL(server)));
  return { directory, server, remove: () => rmSync(directory, { recursive: true }) };
}

/** A new token of a service account, as the kubelet asks for one. */
export async function tokenOf(namespace: TestNamespace, name: string): Promise<string> {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const path = `${namespace.path('serviceaccounts')}/${name}/token`;
  return (await namespace.ask<{ status: { token: string } }>('POST', path, request)).status.token;
}

/** The certificate that signed the server's, as PEM. The server sends it along. */
function authorityOf({ hostname, port }: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      let certificate: DetailedPeerCertificate = socket.getPeerCertificate(true);
      while (certificate.issuerCertificate !== certificate) certificate = certificate.issuerCertificate;
      socket.destroy();
      const lines = certificate.raw.toString('base64').replace(/.{64}/g, '$&\n');
      resolve(`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`);
    });
  });
}
