using Andon.Bench;

// Benchmarks: `./bench NAME [ARGS]`. Each prints figures with a floor or a peer measured in the same run; none asserts a time.
var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Andon.slnx"))) root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No Andon.slnx above the benchmarks.");

switch (args)
{
    case ["records", .. var rest]: return await RecordsBench.Run(rest);
    case ["store", .. var rest]: return await StoreBench.Run(rest);
    case ["search", .. var rest]: return await Andon.Bench.Searching.SearchBench.Run(rest, root);
    case ["normalise", .. var rest]: return NormaliseBench.Run(rest, root);
    case ["intake", .. var rest]: return IntakeBench.Run(rest);
    case ["evtx", .. var rest]: return EvtxBench.Run(rest);
    case ["silence", .. var rest]: return SilenceBench.Run(rest);
    case ["triage", .. var rest]: return TriageBench.Run(rest);
    case ["detect", .. var rest]: return DetectBench.Run(rest);
    case ["load", .. var rest]: return LoadBench.Run(rest);
    case ["correlate", .. var rest]: return CorrelateBench.Run(rest);
    case ["syslog", .. var rest]: return await SyslogBench.Run(rest, root);
    case ["insert", .. var rest]: return await InsertBench.Run(rest);
    case ["clients", .. var rest]: return ClientsBench.Run(rest, root);
    case ["kill", .. var rest]: return await KillBench.Run(rest, root);
    case ["powercut", "store", .. var rest]: return await PowerStoreBench.Run(rest);
    case ["powercut", "keep", .. var rest]: return await PowerBench.Keep(rest);
    case ["powercut-log", var folder]: return await PowerStoreBench.Child(folder);
    case ["powercut", .. var rest]: return await PowerBench.Run(rest);
    case ["house", .. var rest]: return await HouseBench.Run(rest, root);
    case ["mordor", .. var rest]: return await MordorBench.Run(rest, root);
    default:
        Console.Error.WriteLine("""
            Usage: ./bench NAME [ARGS]
              records [FOLDER [THOUSANDS]]  record log: appends and reads beside a plain write with fsync
              store                         event store through its worker
              search [--events N]           questions beside ripgrep, zstdcat | rg and an analytic engine
              normalise [FOLDER] [--told] [--only PART] [--wrong] | --speed [--only PART]
                                            parsers on other people's samples: correct, missing, wrong; or their speed
              intake                        normaliser beside a plain JSON parse
              evtx FOLDER                   event logs of Windows beside a checksum of the same bytes
              detect                        Sigma matching on the recorded Windows attack runs
              load                          all SigmaHQ rules, cold: unzip, YAML, reading, compiling
              correlate [THOUSANDS [MATCHES]]  live groups of a correlation beside a dictionary that counts
              silence [SEEDS [FIRST]]       silence of sources beside fixed thresholds and the 7-day rule
              triage                        labelled alert networks beside first-in-first-out and severity, and what verdicts teach
              triage generated [SEEDS [FIRST [ESTATE]]] | mordor [--files N] | scale
                                            estates of our own making; recorded attacks as one estate; many cases and a storm
              triage generated why SEEDS FIRST ESTATE NOISE [full]
                                            what made the largest case, which true pairs are apart, what could be reached at all
              syslog [THOUSANDS]            syslog over TCP to disk, parsed, matched, stored: each stage's share of the CPU
              insert [--lines sshd|sudo|firewall] [--rows N] [--block N] [--repeats N] [--only PART,PART]
                                            CPU of the engine for the same events into tables that differ in one thing each
              clients [NAME]                every real client, 10,000 messages each, to a house that is killed twice
              kill [KILLS [MINUTES]] [--fresh]
                                            kill -9 of main process and engine in the middle of ingest; goes on where the last run ended
              powercut [CUTS [SEED]] [--no-engine] [--ordered] [--faults] [--anew] [--keep]
                                            power cuts in the middle of ingest: what was flushed stands, of the rest anything may;
                                            --faults: writes and flushes fail meanwhile; --anew: all is being read anew
              powercut store [CUTS [SEED]]  the record log alone, with small segments: rotation, seals, packing, retention
              powercut keep [CUTS [SEED]]   in the middle of a backup, of a second one into the same place, and of a restore
              house [EVENTS]                memory, rate and first answers with a million events
              mordor [--all]                recorded attack runs through _bulk with all of SigmaHQ's rules
            """);
        return 2;
}
