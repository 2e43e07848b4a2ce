/**
 * Names the folder of the deployment's artefacts by the digest of what is deployed. Left alone, the CLI puts the time into the
 * template's S3 keys, and then the same input never gives the same template twice.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export default class ReproducibleArtifacts {
  constructor(serverless) {
    this.serverless = serverless;
    // After the archives exist and before the functions are compiled into the template.
    this.hooks = { 'before:package:compileFunctions': () => this.nameByDigest() };
  }

  nameByDigest() {
    const { service } = this.serverless;
    const digest = createHash('sha256');
    digest.update(JSON.stringify([service.functions, service.resources, service.provider.environment]));
    for (const name of Object.keys(service.functions).sort()) {
      const archive = service.functions[name].package?.artifact ?? service.package.artifact;
      digest.update(name).update(readFileSync(archive));
    }
    service.package.artifactDirectoryName = `${service.provider.deploymentPrefix ?? 'serverless'}/${service.service}/${digest.digest('hex').slice(0, 16)}`;
  }
}
