using Andon.Intake.Sources.Silence;
using Andon.Tests.Intake.Traces;
namespace Andon.Bench;
static class ZDbg { public static void Run(string kind, int seed) {
  var t = TraceMaker.Make(kind, seed); var w = new SilenceWatch(); var cuts = SilenceScore.Cuts(t, 60, seed); int next=0;
  for (int i=0;i<t.Times.Length;i++){ var now=t.Times[i]; w.Look(now, Calendar.Utc, null, 0.02); w.Hear(now, Calendar.Utc, null);
    if (next<cuts.Count && cuts[next]==i){ next++; if (next%4!=0) continue; var l=w.Rhythm.LimitsOf(0.02,null); var d=w.Rhythm.Due(Calendar.Utc,null,0.02,now+40*86400000L);
      Console.WriteLine($"day {(now-t.FromMs)/86400000} within {l.Within:0.0} end {l.End:0.0} start {l.Start:0.0} late {l.LateMin:0.0} delay {((d?.ToldMs??0)-t.Times[i+1])/60000.0:0} notbegun {d?.NotBegun} next {new DateTime(1970,1,1).AddMilliseconds(t.Times[i+1]):ddd HH:mm} | {w.Rhythm.Debug()}"); } } } }
