using System.Text.Json;
using System.Text.Json.Serialization;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Collect;

/// <summary>Where a file was read to: which file (inode, hash of its beginning and of what stands before the offset) and the offset behind the last line taken.</summary>
/// <param name="Cut">The offset lies inside a line whose beginning was taken, up to the limit; the rest of that line is passed over.</param>
/// <param name="Before">Hash of the bytes before the offset; files that begin with the same head are told apart by it. Empty in marks of older versions.</param>
sealed record FileMark(ulong Inode, int FingerprintLength, string Fingerprint, long Offset, bool Done, bool Cut = false, string Before = "")
{
    /// <summary>What the head of the file says of the lines to come.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HeadState? Head { get; init; }
}

/// <summary>The marks of all files, saved atomically in the data folder.</summary>
sealed class FileMarks(string folder)
{
    readonly string path = Path.Combine(folder, "files.json");
    readonly Lock gate = new();
    Dictionary<string, FileMark> marks = [];

    /// <summary>Reads the saved marks; broken ones are a finding, and the files are read from their beginning: twice is better than never.</summary>
    public void Load(IFindings findings)
    {
        try
        {
            if (File.Exists(path)) marks = JsonSerializer.Deserialize<Dictionary<string, FileMark>>(File.ReadAllText(path)) ?? [];
        }
        catch (JsonException e)
        {
            findings.Raise("intake", new("INT033", $"The marks of followed files are broken: {e.Message}", "The files are read again from their beginning; look for records that came twice.", path, FindingLevel.Warning));
        }
    }

    public FileMark? Of(string file) { lock (gate) return marks.GetValueOrDefault(file); }

    public void Save(string file, FileMark mark)
    {
        lock (gate)
        {
            marks[file] = mark;
            DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(marks));
        }
    }
}
