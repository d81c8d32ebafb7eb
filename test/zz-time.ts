import { makeDockerfile } from "/work/main/test/bench/documents.ts";
import { shapes } from "/work/main/test/support/shapes.ts";
import { richText } from "/work/main/test/support/texts.ts";
import * as s from "/work/main/server/src/service.ts";
import { Analysis } from "/work/main/server/src/stages/analysis.ts";
import type { FoundBuild } from "/work/main/server/src/workspace/mentions.ts";
const uri = "file:///x";
const doc = makeDockerfile({ lines: 2000, stages: 200 }).text;
const arg = "ARG V=1\n" + Array.from({length:200},(_,i)=>`FROM alpine:$V AS s${i}\nARG V\nENV W${i}=$V\nRUN echo $V $W${i} \\\n && make V=$V > /out/a${i} \\\n && ls -la\nCOPY --from=${i>0?`s${i-1}`:"x"} /out/a${i-1} /q\nCMD echo $W${i}\n`).join("");
const texts: [string,string][] = [["bench", doc], ["args", arg], ...(process.argv[2]==="shapes" ? [...shapes].reverse().map((x)=>[x.title+" "+x.size, x.make(x.size)] as [string,string]) : [])];
for (const [title, text] of texts) {
  const offs = new Set<number>();
  const a0 = new Analysis(text);
  const n = a0.dockerfile.instructions.length;
  const at = [0, n>>1, n-1].filter(i=>i>=0 && i<n);
  const positions: number[] = [];
  for (const i of at) { const ins = a0.dockerfile.instructions[i]!; positions.push(ins.keywordSpan.start+1); for (const x of ins.args.slice(0,3)) positions.push(x.span.start+1); for (const p of ins.pairs.slice(0,2)) positions.push(p.keySpan.start); }
  const refs = a0.references; for (const r of [refs[0], refs[refs.length>>1], refs.at(-1)]) if (r) positions.push(r.span.start);
  for (const st of [a0.stages[0], a0.stages.at(-1)]) if (st?.nameWord) positions.push(st.nameWord.span.start);
  for (const ds of a0.scope.byName.values()) { positions.push(ds[0]!.pair.keySpan.start); if (positions.length>60) break; }
  for (const r of refs.slice(-3)) { const arg0=(r.instruction.trigger??r.instruction).args[0]; if (arg0) positions.push(arg0.span.start+1); }
  const d = text.lastIndexOf("$"); if (d>0) positions.push(d+1);
  const asks: [string, (a: Analysis, p: any)=>unknown][] = [
    ["definition", (a,p)=>s.definition(a,uri,p)], ["references",(a,p)=>s.references(a,uri,p,true)], ["highlights",(a,p)=>s.highlights(a,p)],
    ["prepare",(a,p)=>s.prepareRename(a,p)], ["rename",(a,p)=>s.rename(a,p,"fresh_name")], ["selection",(a,p)=>s.selectionRanges(a,[p])],
    ["hierarchy",(a,p)=>s.prepareCallHierarchy(a,uri,p).map(i=>[s.incomingCalls(a,uri,i),s.outgoingCalls(a,uri,i)])],
    ["symbols",(a)=>s.documentSymbols(a)], ["folding",(a)=>s.foldingRanges(a)], ["completion",(a,p)=>s.completions(a,p)],
  ];
  for (const [name, ask] of asks) {
    let cold = 0, warm = 0;
    const cpu = (run: () => void) => { const b = process.threadCpuUsage(); run(); const { user, system } = process.threadCpuUsage(b); return (user + system) / 1000; };
    const rounds = texts.length < 4 ? 5 : 1;
    for (const o of positions) {
      let c = Infinity, w = Infinity;
      for (let i = 0; i < rounds; i++) {
      const a = new Analysis(text); const p = a.lines.position(o); a.graph; a.scope;
      c = Math.min(c, cpu(() => ask(a,p)));
      w = Math.min(w, cpu(() => ask(a,p)));
      }
      cold = Math.max(cold, c); warm = Math.max(warm, w);
    }
    if (texts.length<4 || cold > 200) console.log(title, name, "cold", cold.toFixed(1), "warm", warm.toFixed(1));
  }
}
