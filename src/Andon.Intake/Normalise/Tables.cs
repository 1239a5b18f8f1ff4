using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>Everything that a normaliser knows of formats, loaded as one: a batch is made with one of these from its first event to its last.</summary>
sealed class Tables
{
    /// <summary>Where the shipped parsers stand.</summary>
    public readonly string Folder;
    public readonly Constants Constants = new();
    public readonly WindowsTables Windows;
    public readonly JsonFormat Json;
    public readonly AccessLog Web;
    public readonly KeyValue Pairs;
    public readonly ParserBook Book;
    public readonly Const SyslogDataset, SyslogModule, SyslogParser, TextDataset, TextModule, TextParser, RawParser;

    /// <param name="trial">Text of a parser that is tried in place of the one of its name.</param>
    /// <param name="refused">Names of the user's parsers that failed their own cases.</param>
    public Tables(string content, string? user, string? trial = null, IReadOnlyCollection<string>? refused = null)
    {
        var folder = Folder = Path.Combine(content, "parsers");
        Windows = new(Path.Combine(folder, "windows.yml"), Constants);
        Json = new(Windows, Constants);
        Web = new(Constants);
        Pairs = new(Constants);
        Book = ParserBook.Load(folder, user, Constants, Json.Paths, Json, trial, refused);
        Json.Parsers = Book;
        SyslogDataset = Constants.Get("syslog.generic");
        SyslogModule = Constants.Get("syslog");
        SyslogParser = Constants.Get("syslog@1");
        TextDataset = Constants.Get("text.generic");
        TextModule = Constants.Get("text");
        TextParser = Constants.Get("text@1");
        RawParser = Constants.Get("raw@1");
    }
}
