using Andon.Model;

namespace Andon.Store.Engine;

/// <summary>The event engine refused or failed. <see cref="Code"/> is ClickHouse's number, or one of the negative ones below.</summary>
public sealed class EngineException(int code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>No engine to ask now: it starts, or it ended and starts again.</summary>
    public const int NotReady = -1;
    /// <summary>The connection broke before the answer was whole; whether an insert took effect is not known.</summary>
    public const int Broken = -2;
    /// <summary>The answer is larger than the caller allowed.</summary>
    public const int TooLarge = -3;
    /// <summary>The answer has a type or shape that the client does not know.</summary>
    public const int Unreadable = -4;

    /// <summary>The store was made by a newer program.</summary>
    public const int Newer = -5;

    public int Code { get; } = code;

    /// <summary>True when the same thing may succeed later without anyone changing it: time, memory, disk, load, engine away.</summary>
    public bool Passing => Code is NotReady or Broken or Newer or 159 or 202 or 241 or 242 or 243 or 252 or 394 or 999;

    public Finding AsFinding(string place = "") => Code switch
    {
        NotReady => new("ENG010", "The event store is not ready.", "It starts again by itself; collection goes on meanwhile. See the house page for the reason.", place, FindingLevel.Warning),
        Broken => new("ENG011", "The connection to the event store broke.", "Ask again; the store starts again by itself.", place),
        TooLarge => new("ENG012", "The answer is larger than allowed.", "Ask for fewer rows or columns, or a shorter time.", place),
        Newer => new("ENG030", Message, "Run the newer program again, or restore a backup of before; nothing was changed, and what is collected waits.", place),
        159 => new("ENG013", "The query took longer than allowed.", "Narrow the time range or add a source or host.", place),
        241 => new("ENG014", "The query needed more memory than allowed.", "Narrow the time range, or summarize by fewer values.", place),
        396 or 307 or 158 => new("ENG015", "The query read or returned more than allowed.", "Narrow the time range, or take fewer rows.", place),
        394 => new("ENG016", "The query was cancelled.", "Ask again if that was not meant.", place),
        202 => new("ENG017", "Too many queries wait for the event store.", "Try again in a moment.", place),
        243 => new("ENG018", "The event store's disk is full.", "Free space or shorten the retention; nothing collected is lost meanwhile.", place),
        _ => new("ENG019", $"The event store refused (code {Code}): {Message}", "This is a fault of ours when a search caused it; the text of the search helps to mend it.", place),
    };
}
