/** The data in the page: what `pageOf` writes. */
interface PageNode {
  id: string;
  name: string;
  lifetime: string;
  layer: string;
  provider: string;
  disposer?: string;
  async: boolean;
  unseen: boolean;
  why: string[];
  problems: string[];
}

interface PageEdge {
  from: string;
  to: string;
  kind: string;
  via: string;
  problems: string[];
}

interface PageProblem {
  id: string;
  severity: "error" | "note";
  message: string;
  text: string;
}

interface PageData {
  title: string;
  layers: string[];
  nodes: PageNode[];
  edges: PageEdge[];
  problems: PageProblem[];
}

interface Point {
  x: number;
  y: number;
}

interface Band {
  layer: string;
  y: number;
  height: number;
}

interface Placement {
  at: Map<string, Point>;
  bands: Band[];
  width: number;
  height: number;
}
