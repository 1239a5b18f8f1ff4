using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Andon.Detect.Correlate;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Bench;

/// <summary>
/// A million live groups of an event_count, through the matcher's door: bytes, and matched events per second of process CPU; beside
/// it, in the same run, a Dictionary that counts the same keys. Arguments: thousands of groups, matches per group, --type TYPE.
/// </summary>
static class CorrelateBench
{
    sealed class Fields(byte[][] keys) : MatchedFields
    {
        static readonly Entity[] None = [];
        public int Key { get; set; }
        public override int Members(int field) => 1;
        public override ReadOnlySpan<byte> Value(int field, int member) => keys[Key];
        public override IReadOnlyList<Entity> Entities => None;
    }

    public static int Run(string[] args)
    {
        var groups = (args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000) * 1_000;
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        var type = Array.IndexOf(args, "--type") is var at and >= 0 ? args[at + 1] : "event_count";
        var set = Set(type);
        var keys = new byte[groups][];
        for (var i = 0; i < groups; i++) keys[i] = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}{(i >> 24 > 0 ? "x" : "")}"));
        // Every group in each round, in an order without pattern.
        var order = new int[groups];
        for (var i = 0; i < groups; i++) order[i] = i;
        new Random(7).Shuffle(order);
        Console.WriteLine($"{groups} groups, {rounds} matches each, {type}; load {File.ReadAllText("/proc/loadavg").Trim()}");

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var resident = Environment.WorkingSet;
        var correlator = new Correlator(set, null, new(Wall: true, GroupsMax: groups + 1, BytesMax: long.MaxValue / 8));
        var fields = new Fields(keys);
        var fired = new List<Firing>();
        var source = "bench"u8;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        double first = 0, rest = 0;
        ulong position = 0;
        for (var round = 0; round < rounds; round++)
        {
            var cpu = Cpu();
            foreach (var key in order)
            {
                fields.Key = key;
                position++;
                // A thousand matches a second of event time: all groups stay live.
                var timeMs = 1_700_000_000_000 + (long)position;
                correlator.Take(new MatchedEvent(0, EventId.At(position, 0), timeMs, timeMs, source, fields), fired);
            }
            var seconds = (Cpu() - cpu).TotalSeconds;
            if (round == 0) first = seconds; else rest += seconds;
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine($"live groups {correlator.Groups}, fired {fired.Count}");
        Console.WriteLine($"bytes: managed {bytes / 1e6:0} MB ({bytes / (double)groups:0} a group), own count {correlator.Bytes / 1e6:0} MB, working set +{(Environment.WorkingSet - resident) / 1e6:0} MB, allocated in all {allocated / 1e6:0} MB");
        Console.WriteLine($"matched events/s of CPU: new groups {groups / first:0}, known groups {(rounds > 1 ? groups * (rounds - 1) / rest : 0):0}, all {groups * (double)rounds / (first + rest):0}");

        // The floor: a count per key, no time, no order, no memory of events.
        var counts = new Dictionary<string, int>();
        var texts = keys.Select(Encoding.ASCII.GetString).ToArray();
        var floorCpu = Cpu();
        for (var round = 0; round < rounds; round++)
            foreach (var key in order) CollectionsMarshal.GetValueRefOrAddDefault(counts, texts[key], out _)++;
        var floor = (Cpu() - floorCpu).TotalSeconds;
        Console.WriteLine($"floor, Dictionary<string, int>: {groups * (double)rounds / floor:0} increments/s; ratio {floor / (first + rest):0.000}");
        GC.KeepAlive(correlator);
        return 0;
    }

    static RuleSet Set(string type)
    {
        var condition = type switch
        {
            "event_count" => "{ gte: 10 }",
            "value_count" => "{ field: u, gte: 10 }",
            _ => "{ gte: 2 }",
        };
        string[] yamls =
        [
            "title: a\nname: a\nlevel: low\nlogsource: { product: bench }\ndetection: { s: { r: a }, condition: s }\n",
            "title: b\nname: b\nlevel: low\nlogsource: { product: bench }\ndetection: { s: { r: b }, condition: s }\n",
            $"title: C\nname: C\nlevel: high\ncorrelation: {{ type: {type}, rules: [a, b], group-by: [u], timespan: 1d, condition: {condition} }}\n",
        ];
        return new([.. yamls.Select((y, i) => SigmaReader.Read($"bench{i}.yml", y, PlaceholderLists.None))], Mappings.Read("routes:\n  - { gives: { product: bench }, when: {} }\n", ""));
    }

    static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
