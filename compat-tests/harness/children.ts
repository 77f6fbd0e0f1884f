import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The processes that a process has started, and that are still there. */
export function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g);
  return (children ?? []).map(Number);
}

/** Which of some processes has the server's end of a client's connection. */
export function holder(pids: readonly number[], serverPort: number, clientPort: number): number | undefined {
  const [server, client] = [serverPort, clientPort].map((port) =>
    port.toString(16).toUpperCase().padStart(4, '0'),
  );
  const line = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .find((text) => text.includes(`:${server} 0100007F:${client} `));
  const socket = `socket:[${line?.trim().split(/\s+/)[9]}]`;
  return pids.find((pid) => openFiles(pid).includes(socket));
}

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
}
