/**
 * Instance families with disks of their own encrypt them in hardware and refuse a key of ours (API reference: ResourceConfig and
 * CreateEndpointConfig): those with a `d` after their generation, and the accelerated ones.
 */
const LOCAL_STORAGE = /^ml\.(?:[a-z]+\d+[a-z]*d[a-z]*|g4dn|g5|g6|g6e|p4d|p4de|p5|p5e|p5en|trn1|trn1n|trn2|inf2)\./;

/** Whether the volumes of this instance type take a key of ours. */
export function takesVolumeKey(instanceType: string): boolean {
  return !LOCAL_STORAGE.test(instanceType);
}
