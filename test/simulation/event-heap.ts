/** Something that happens at a time of the simulation. */
export interface Event {
  readonly at: number;
  /** Order among those of one instant. */
  readonly sequence: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Events by time and sequence: a binary heap. */
export interface EventHeap {
  push(event: Event): void;
  pop(): Event | undefined;
  peek(): Event | undefined;
}

export function eventHeap(): EventHeap {
  const heap: Event[] = [];
  const before = (one: number, other: number): boolean => {
    const [left, right] = [heap[one] as Event, heap[other] as Event];
    return left.at === right.at ? left.sequence < right.sequence : left.at < right.at;
  };
  const swap = (one: number, other: number): void => {
    [heap[one], heap[other]] = [heap[other] as Event, heap[one] as Event];
  };
  function rise(from: number): void {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!before(child, parent)) return;
      swap(child, parent);
      child = parent;
    }
  }
  function sink(): void {
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) if (child < heap.length && before(child, least)) least = child;
      if (least === parent) return;
      swap(parent, least);
      parent = least;
    }
  }
  return {
    peek: () => heap[0],
    push(event) {
      heap.push(event);
      rise(heap.length - 1);
    },
    pop() {
      const [first] = heap;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}
