using System.Globalization;
using System.Text;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>
/// A writer, its rotation and our reader in any order: every line that was written, and that the operation itself did not destroy, is in the log once.
/// Each seed is one history; it is told when it fails.
/// </summary>
public sealed class FileFuzz
{
    static readonly int Histories = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 60 : 5;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Kinds()
    {
        var kinds = new TheoryData<string, string>();
        foreach (var rotation in new[] { "rename", "copytruncate", "replace" })
            foreach (var text in new[] { "bytes", "utf-16le", "utf-16be" }) kinds.Add(rotation, text);
        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_line_that_stood_in_the_file_is_found_once(string rotation, string text)
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            using var history = new History(rotation, text, seed);
            await history.Play();
        }
    }

    [Xunit.Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_beyond_the_limit_that_comes_bit_by_bit_is_kept_once(bool restarts)
    {
        using var folder = new TempFolder();
        using var trial = new Trial(folder);
        await File.WriteAllTextAsync(trial.Path, "before\n" + new string('x', 300_000), Stop);
        for (var piece = 0; piece < 10; piece++)
        {
            await trial.Look();
            if (restarts && piece % 3 == 2) trial.Restart();
            await File.AppendAllTextAsync(trial.Path, new string('x', 300_000), Stop);
        }
        await File.AppendAllTextAsync(trial.Path, "\nafter\n", Stop);
        await trial.Look();
        var records = await trial.Log.Read(1, 100, int.MaxValue, Stop);
        Assert.Equal([6, Limits.FrameBytesMax, 5], records.Select(r => r.Raw.Length));
        Assert.Contains(Hints.Oversized, records[1].Origin.Hint, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Half_a_pair_in_a_UTF_16_file_is_kept_and_said()
    {
        using var folder = new TempFolder();
        using var trial = new Trial(folder);
        byte[] file = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<13>grö"), 0x00, 0xD8, .. Encoding.Unicode.GetBytes("ße 😀\r\nnext\n")];
        await File.WriteAllBytesAsync(trial.Path, file, Stop);
        await trial.Look();
        var records = await trial.Log.Read(1, 10, int.MaxValue, Stop);
        Assert.Equal<byte>([.. "<13>grö"u8, 0xED, 0xA0, 0x80, .. "ße 😀"u8], records[0].Raw.ToArray());
        Assert.Equal("next"u8, records[1].Raw.Span);
        using var batch = Lab.Normaliser.Normalise(records);
        Assert.Contains("INT101", Lab.Codes(Lab.Fields(batch[0])));
    }

    [Xunit.Fact]
    public async Task A_file_that_may_not_be_read_or_is_a_folder_is_said_and_read_once_it_can()
    {
        using var folder = new TempFolder();
        using var trial = new Trial(folder);
        Directory.CreateDirectory(trial.Path);
        await trial.Look();
        Assert.Contains(trial.Findings.All, f => f.Code == "INT301");
        Directory.Delete(trial.Path);
        await File.WriteAllTextAsync(trial.Path, "one\n", Stop);
        await trial.Look();
        Assert.Equal(2ul, trial.Log.Next);
    }

    [Xunit.Fact]
    public async Task A_file_that_was_packed_before_it_was_read_is_said()
    {
        using var folder = new TempFolder();
        using var trial = new Trial(folder);
        await File.WriteAllTextAsync(trial.Path, "one\n", Stop);
        await trial.Look();
        trial.Restart();
        File.Move(trial.Path, trial.Path + ".2");
        await Task.Delay(20, Stop); // The file system's clock ticks on.
        await File.WriteAllBytesAsync(trial.Path + ".1.gz", [0x1F, 0x8B], Stop);
        await File.WriteAllTextAsync(trial.Path, "two\n", Stop);
        await trial.Look();
        Assert.Contains(trial.Findings.All, f => f.Code == "INT302");
        Assert.Equal(3ul, trial.Log.Next);
    }

    /// <summary>A reader that looks when it is told to.</summary>
    sealed class Trial(TempFolder folder) : IDisposable
    {
        FileReader? reader;

        public string Path => folder.File("app.log");
        public FindingList Findings { get; } = new();
        public MemoryRecordLog Log { get; } = new();
        public TestClock Clock { get; } = new();

        public async Task Look()
        {
            if (reader is null)
            {
                var marks = new FileMarks(folder.File("state"));
                marks.Load(Findings);
                reader = new(new(Path, Tail: true), marks, new("file", Log, Clock), Clock, Findings);
            }
            await reader.Look(Stop);
            Clock.Advance(TimeSpan.FromMilliseconds(Limits.TailPollMs));
        }

        public bool Looks => reader is not null;

        public void Restart()
        {
            reader?.Close();
            reader?.Dispose();
            reader = null;
        }

        public void Dispose() => Restart();
    }

    sealed class History(string rotation, string text, int seed) : IDisposable
    {
        readonly TempFolder folder = new();
        readonly Random random = new(seed);
        readonly StringBuilder told = new();
        readonly HashSet<int> mayBeLost = [];
        Trial trial = null!;
        FileStream? writer;
        string held = "";
        int lines, seen, waits, replaced;
        bool behind, opened, late;

        string Path => trial.Path;

        public async Task Play()
        {
            trial = new(folder);
            Open();
            await Look();
            for (var step = 0; step < 40; step++)
            {
                switch (random.Next(10))
                {
                    case < 4: Write(random.Next(1, 8)); break;
                    case < 7: await Look(); break;
                    case 7: Rotate(); break;
                    case 8 when !late: // Lines that come late to a file which was left are known only to the reader that left it.
                        told.Append(" restart");
                        trial.Restart();
                        opened = false;
                        for (var n = seen; rotation == "replace" && n < replaced; n++) mayBeLost.Add(n); // Nobody has the replaced file any more.
                        break;
                    default: Open(); break;
                }
            }
            Open();
            Write(1);
            Finish();
            for (var looks = 0; looks < 12; looks++) await Look();
            var found = (await trial.Log.Read(1, 100_000, int.MaxValue, Stop)).Select(r => Encoding.UTF8.GetString(r.Raw.Span)).ToList();
            var numbers = found.Select(l => int.Parse(l.AsSpan(0, l.IndexOf(' ')), CultureInfo.InvariantCulture)).ToList();
            var wrong = new List<string>();
            if (numbers.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key).ToList() is { Count: > 0 } doubled) wrong.Add($"doubled: {string.Join(',', doubled)}");
            if (Enumerable.Range(0, lines).Except(numbers).Except(mayBeLost).ToList() is { Count: > 0 } lost) wrong.Add($"lost: {string.Join(',', lost)}");
            if (found.Where(l => l != Line(int.Parse(l.AsSpan(0, l.IndexOf(' ')), CultureInfo.InvariantCulture))).ToList() is { Count: > 0 } changed) wrong.Add($"not whole: {changed[0]}");
            Assert.True(wrong.Count == 0, $"{rotation}, {text}, seed {seed}: {string.Join("; ", wrong)} after{told}");
        }

        static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"{number} größe 😀 {new string((char)('a' + number % 26), number * 37 % 400)}.");

        byte[] Bytes(string line) => text switch
        {
            "utf-16le" => Encoding.Unicode.GetBytes(line),
            "utf-16be" => Encoding.BigEndianUnicode.GetBytes(line),
            _ => Encoding.UTF8.GetBytes(line),
        };

        // What is written may end anywhere in a line; the rest of it comes with the next write.
        void Write(int count)
        {
            told.Append(CultureInfo.InvariantCulture, $" write {count}");
            var whole = new StringBuilder(held);
            for (var i = 0; i < count; i++) whole.Append(Line(lines++)).Append('\n');
            var now = random.Next(3) == 0 ? random.Next(held.Length > 0 ? 1 : 0, whole.Length) : whole.Length;
            if (now > 0 && now < whole.Length && char.IsHighSurrogate(whole[now - 1])) now--;
            writer!.Write(Bytes(whole.ToString(0, now)));
            writer.Flush();
            held = whole.ToString(now, whole.Length - now);
        }

        void Finish()
        {
            writer!.Write(Bytes(held));
            writer.Flush();
            held = "";
        }

        // The writer is told to open its file, and finishes its line first.
        void Open()
        {
            if (writer is not null) Finish();
            told.Append(" open");
            writer?.Dispose();
            writer = new(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (writer.Length == 0 && text != "bytes") writer.Write(Bytes("\uFEFF"));
            behind = false;
        }

        async Task Look()
        {
            told.Append(" look");
            // A line that is not finished for seconds after a rename is taken as it is.
            if (behind && held.Length > 0 && ++waits > 2) Finish();
            await trial.Look();
            (seen, opened, late) = (lines - held.Count(c => c == '\n'), true, behind);
        }

        void Rotate()
        {
            if (behind) Open(); // One rotation waits for the writer of the one before.
            told.Append(CultureInfo.InvariantCulture, $" {rotation}{(trial.Looks ? "" : " unseen")}");
            switch (rotation)
            {
                case "rename":
                    Shift();
                    File.Move(Path, Path + ".1");
                    if (random.Next(2) == 0) File.WriteAllBytes(Path, text == "bytes" ? [] : Bytes("\uFEFF"));
                    behind = late = true;
                    waits = 0;
                    break;
                case "copytruncate":
                    // It destroys what came since the last look: while we watch we do not look into copies. And half a line stays half.
                    Finish();
                    // A mark at the beginning of a file says nothing by which a copy could be known.
                    if (trial.Looks || seen <= replaced) for (var n = seen; n < lines; n++) mayBeLost.Add(n);
                    replaced = lines;
                    Shift();
                    File.Copy(Path, Path + ".1");
                    writer!.Dispose();
                    File.WriteAllBytes(Path, []);
                    writer = null;
                    Open();
                    break;
                default:
                    // The old file is gone, but for who has it open.
                    Finish();
                    if (!opened) for (var n = seen; n < lines; n++) mayBeLost.Add(n);
                    (opened, replaced) = (false, lines);
                    File.WriteAllBytes(Path + "~", text == "bytes" ? [] : Bytes("\uFEFF"));
                    File.Move(Path + "~", Path, overwrite: true);
                    Open();
                    break;
            }
        }

        void Shift()
        {
            for (var n = 9; n > 0; n--)
                if (File.Exists($"{Path}.{n}")) File.Move($"{Path}.{n}", $"{Path}.{n + 1}", overwrite: true);
        }

        public void Dispose()
        {
            trial?.Dispose();
            writer?.Dispose();
            folder.Dispose();
        }
    }
}
