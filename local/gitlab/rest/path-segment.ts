const PATH = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/;

/** Whether a group or a project may be called so in its address. */
export const isPathSegment = (path: string) => PATH.test(path) && !/(\.git|\.atom|\.)$/.test(path);
