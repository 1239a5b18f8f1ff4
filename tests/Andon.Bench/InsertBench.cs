using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Bench;

/// <summary>
/// <c>insert [--lines sshd|sudo|firewall] [--rows N] [--block N] [--repeats N] [--only PART]</c>: the same blocks of events into the event table as it
/// is and into tables that differ from it in one thing each. Seconds of CPU of the engine's process until nothing is left to merge, bytes on disk.
/// Tables take turns, so that a busy machine is as busy for each; the floor is the same blocks into a table that keeps nothing (Null) and into
/// one without indexes.
/// </summary>
static class InsertBench
{
    sealed record Variant(string Name, Func<string, string> Table, string Settings = "", bool Token = true);

    static readonly Variant[] Variants =
    [
        new("as it is", sql => sql),
        new("no token", sql => sql, Token: false),
        new("no token, no window", sql => sql.Replace(", non_replicated_deduplication_window = 1000", "", StringComparison.Ordinal), Token: false),
        new("floor: Null engine", sql => sql[..sql.IndexOf(",\n  INDEX", StringComparison.Ordinal)] + ") ENGINE = Null"),
        new("floor: no index", NoIndex),
        new("floor: no index, no order", sql => Order(NoIndex(sql), "tuple()")),
        new("floor: no index, order by id", sql => Order(NoIndex(sql), "`id`")),
        new("floor: no index, without spans", sql => Drop(NoIndex(sql), "spans")),
        new("floor: no index, without raw", sql => Drop(NoIndex(sql), "raw")),
        new("floor: no index, without spans, raw", sql => Drop(Drop(NoIndex(sql), "spans"), "raw")),
        new("floor: no index, id and time alone", sql => Regex.Replace(NoIndex(sql), @"(?m)^  `(?!id`|timestamp`|log_source_id`|host_name`|event_original`|andon_event_id`)(\w+)` (.*?)( CODEC\(.*\))?,?$", "  `$1` $2 EPHEMERAL,").Replace("EPHEMERAL,\n)", "EPHEMERAL\n)", StringComparison.Ordinal)),
        new("indexes not on insert", sql => sql, "materialize_skip_indexes_on_insert = 0"),
        new("all indexes on insert (before 0056)", sql => sql, "exclude_materialize_skip_indexes_on_insert = ''"),
        new("ix_cmd, ix_raw not on insert", sql => sql, "exclude_materialize_skip_indexes_on_insert = 'ix_cmd, ix_raw'"),
        new("ix_cmd one hash", sql => sql.Replace("ngrambf_v1(4, 32768, 3, 0)", "ngrambf_v1(4, 32768, 1, 0)", StringComparison.Ordinal)),
        new("ix_cmd sparse grams", sql => sql.Replace("ngrambf_v1(4, 32768, 3, 0)", "sparse_grams(3, 10, 32768, 3, 0)", StringComparison.Ordinal)),
        new("no ix_cmd", sql => Without(sql, "ix_cmd")),
        new("no ix_position", sql => Without(sql, "ix_position")),
        new("no ix_bag", sql => Without(sql, "ix_bag")),
        new("no ix_raw", sql => Without(sql, "ix_raw")),
        new("no ix_id", sql => Without(sql, "ix_id")),
        new("no ix_spans", sql => Without(sql, "ix_spans")),
        new("no ix_source_ip, ix_user, ix_sha256", sql => Without(Without(Without(sql, "ix_source_ip"), "ix_user"), "ix_sha256")),
        new("spans LZ4", sql => sql.Replace("Map(LowCardinality(String), UInt32) CODEC(ZSTD(1))", "Map(LowCardinality(String), UInt32) CODEC(LZ4)", StringComparison.Ordinal)),
        new("everything LZ4", sql => sql.Replace("ZSTD(1)", "LZ4", StringComparison.Ordinal)),
        new("spans basic map", sql => Set(sql, "map_serialization_version = 'basic'")),
        new("wide from 10 MiB (before 0039)", sql => Wide(sql, 10 << 20)),
        new("wide from 1 GiB", sql => Wide(sql, 1 << 30)),
        new("wide always", sql => Wide(sql, 0)),
        new("horizontal merges", sql => Set(sql, "enable_vertical_merge_algorithm = 0")),
        new("vertical merges always", sql => Set(sql, "vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1")),
        new("no merges", sql => Set(sql, "merge_selector_base = 5, max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1")),
        new("no sparse columns", sql => Set(sql, "ratio_of_defaults_for_sparse_serialization = 1")),
        new("sparse from 0.5", sql => Set(sql, "ratio_of_defaults_for_sparse_serialization = 0.5")),
        new("no fsync", sql => sql.Replace("fsync_after_insert = 1, fsync_part_directory = 1, ", "", StringComparison.Ordinal)),
        new("granule 65536 bytes index", sql => Set(sql, "index_granularity = 16384, index_granularity_bytes = 33554432")),
        new("order by hour, time", sql => sql.Replace("`log_source_id`, `host_name`, `timestamp`)", "`timestamp`)", StringComparison.Ordinal)),
    ];

    public static async Task<int> Run(string[] args)
    {
        var rows = Number("--rows", 200_000);
        var size = Number("--block", 50_000);
        var repeats = Number("--repeats", 3);
        var only = Word("--only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var line = Word("--lines", "firewall");
        var folder = Directory.CreateTempSubdirectory("andon-bench-").FullName;
        var options = new EngineOptions { DataFolder = Path.Combine(folder, "engine"), Command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "andon.dll"), "engine"] };
        using var engine = new EngineSupervisor(options, new FindingList(), TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        try
        {
            var (blocks, raw) = Blocks(line, rows, size);
            await engine.StartAsync(default);
            await engine.Ready(default);
            var store = new EventStore(engine, new("bench"), TimeProvider.System);
            await store.EnsureSchema(default);
            using var worker = Process.GetProcessById(engine.WorkerId ?? throw new InvalidOperationException("no worker"));
            Console.WriteLine(Text($"{rows} {line} lines of {(double)raw / rows:F0} B in blocks of {size}, {blocks.Sum(b => (long)b.Length) / (double)rows:F0} B sent each; load {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}"));
            var chosen = Variants.Where((v, i) => i == 0 || only.Length == 0 || only.Any(o => v.Name.Contains(o, StringComparison.Ordinal))).ToList();
            var spent = chosen.ConvertAll(_ => new List<(double Insert, double All, double Bytes, ulong Merged)>());
            for (var turn = 0; turn <= repeats; turn++)
                for (var i = 0; i < chosen.Count; i++)
                {
                    var one = await One(engine, store, worker, chosen[i], blocks, rows);
                    if (turn > 0) spent[i].Add(one); // The first turn warms up.
                }
            for (var i = 0; i < chosen.Count; i++)
            {
                var all = spent[i].ConvertAll(s => s.All).Order().ToList();
                Console.WriteLine(Text($"  {chosen[i].Name,-36}{spent[i].Select(s => s.Insert).Order().ElementAt(repeats / 2),7:F2} us insert {all[repeats / 2],7:F2} us with merges ({all[0]:F1}-{all[^1]:F1}) {spent[i][^1].Bytes,7:F1} B an event, {spent[i][^1].Bytes * rows / raw:F3} of raw; rows merged {(double)spent[i][^1].Merged / rows:F1} x"));
            }
            return 0;
        }
        finally
        {
            await engine.StopAsync(default);
            Directory.Delete(folder, recursive: true);
        }

        int Number(string name, int standard) => int.Parse(Word(name, standard.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        string Word(string name, string standard) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : standard;
    }

    static async Task<(double Insert, double All, double Bytes, ulong Merged)> One(EngineSupervisor engine, EventStore store, Process worker, Variant variant, List<byte[]> blocks, int rows)
    {
        await store.Client.Execute("DROP TABLE IF EXISTS `tried` SYNC", default);
        await store.Client.Execute(variant.Table(EventTables.Events.CreateSql("MergeTree", textIndex: false)).Replace("`events`", "`tried`", StringComparison.Ordinal), default);
        var address = await engine.Ready(default);
        var sql = EventTables.Events.InsertSql.Replace("`events`", "`tried`", StringComparison.Ordinal);
        if (variant.Settings.Length > 0) sql = Regex.Replace(sql, "( SETTINGS .*)? FORMAT", $" SETTINGS {variant.Settings} FORMAT");
        var merged = await Merged();
        var began = Cpu(worker);
        var sent = 0;
        foreach (var block in blocks)
        {
            using var content = new ByteArrayContent(block);
            await store.Client.Insert(address, sql, variant.Token ? $"b-{sent++}" : "", content, default);
        }
        var inserted = Cpu(worker);
        for (var quiet = 0; quiet < 6;)
        {
            await Task.Delay(250);
            quiet = await store.Number("SELECT count() FROM system.merges", default) == 0 ? quiet + 1 : 0;
        }
        var all = Cpu(worker);
        var disk = await store.Number("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'tried'", default);
        return ((inserted - began).TotalMicroseconds / rows, (all - began).TotalMicroseconds / rows, (double)disk / rows, await Merged() - merged);

        async Task<ulong> Merged() => await store.Number("SELECT sum(value) FROM system.events WHERE event = 'MergedRows'", default);
    }

    static (List<byte[]> Blocks, long Raw) Blocks(string kind, int rows, int size)
    {
        var normaliser = new Normaliser(new ContentFolder(Path.Combine(AppContext.BaseDirectory, "content")));
        var blocks = new List<byte[]>();
        long raw = 0;
        using var cut = new EventCut();
        for (var at = 0; at < rows; at += size)
        {
            cut.Begin((ulong)at + 1);
            for (var from = at; from < at + size; from += 2000)
            {
                var records = new List<Record>();
                for (var i = from; i < Math.Min(from + 2000, at + size); i++)
                {
                    var bytes = Encoding.UTF8.GetBytes(SyslogBench.LineOf(kind, i));
                    raw += bytes.Length;
                    records.Add(new((ulong)i + 1, 1_772_438_398_000 + i, Sender, bytes));
                }
                using var batch = normaliser.Normalise(records).Seal();
                cut.Add(batch, ulong.MaxValue, without: null);
            }
            foreach (var (_, day) in cut.Days)
            {
                using var whole = new MemoryStream();
                day.Block.WriteTo(whole, default).GetAwaiter().GetResult();
                blocks.Add(whole.ToArray());
            }
        }
        return (blocks, raw);
    }

    static readonly Origin Sender = new("syslog-tcp", "10.0.0.1");

    static string NoIndex(string sql)
    {
        var at = sql.IndexOf(",\n  INDEX", StringComparison.Ordinal);
        return sql[..at] + sql[sql.IndexOf("\n) ENGINE", StringComparison.Ordinal)..];
    }

    static string Without(string sql, string index)
    {
        var at = sql.IndexOf($",\n  INDEX {index} ", StringComparison.Ordinal);
        var end = sql.IndexOf('\n', at + 2);
        var rest = sql[end..];
        return sql[..at] + (rest.StartsWith("\n)", StringComparison.Ordinal) ? rest : "," + rest);
    }

    static string Order(string sql, string by) => Regex.Replace(sql, @"ORDER BY \([^\n]*\)", "ORDER BY " + by);

    // A column that an insert may name and that is not kept.
    static string Drop(string sql, string column) => Regex.Replace(sql, $@"(?m)^  `{column}` (.*?)( CODEC\(.*\))(,?)$", $"  `{column}` $1 EPHEMERAL$3");

    static string Wide(string sql, int bytes) => Regex.Replace(sql, @"min_bytes_for_wide_part = \d+", Text($"min_bytes_for_wide_part = {bytes}"));

    static string Set(string sql, string settings) => $"{sql}, {settings}";

    static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
