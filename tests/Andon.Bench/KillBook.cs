using System.Globalization;
using System.Text.Json;

namespace Andon.Bench;

/// <summary>What the kills came to so far, in a file: its numbers, and those that were acknowledged since the last audit.</summary>
sealed class KillBook
{
    string path = "";

    public int Kills { get; set; }
    /// <summary>The next number; also how many documents were sent.</summary>
    public int Sent { get; set; }
    /// <summary>Numbers below it stand in the figures.</summary>
    public int Audited { get; set; }
    public HashSet<int> Waiting { get; set; } = [];
    public long Acknowledged { get; set; }
    public long FoundOnce { get; set; }
    public long Missing { get; set; }
    public long Lost { get; set; }
    public long Doubled { get; set; }
    /// <summary>Stored, although the client never heard of it.</summary>
    public long Unpromised { get; set; }

    public static KillBook Open(string path)
    {
        var book = File.Exists(path) ? JsonSerializer.Deserialize<KillBook>(File.ReadAllText(path))! : new();
        book.path = path;
        return book;
    }

    public void Save()
    {
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this));
        File.Move(path + ".new", path, overwrite: true);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Kills} kills: sent {Sent}, acknowledged {Acknowledged}, found once {FoundOnce}, lost {Lost}, doubled {Doubled}, stored but never acknowledged {Unpromised}");
}
