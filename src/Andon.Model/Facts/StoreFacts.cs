namespace Andon.Model;

/// <summary>How long a class of events is kept, and which events it is about. An event's class is the first one, by order, that fits it.</summary>
/// <param name="Order">Lower ones are asked first.</param>
/// <param name="Days">Days of event time that are kept; null keeps them until someone says otherwise.</param>
/// <param name="BytesMax">Raw bytes of all its events together; beyond it the oldest days go. Null sets no bound.</param>
/// <param name="Sources">Source ids, with <c>*</c> for any text; none means any.</param>
/// <param name="Datasets">Values of event.dataset, likewise.</param>
/// <param name="Types">Values of event.type, likewise.</param>
/// <param name="Contract">Under which contract or law: stands in each proof of deletion.</param>
public sealed record RetentionTerms(
    int Order, int? Days, long? BytesMax, IReadOnlyList<string> Sources, IReadOnlyList<string> Datasets, IReadOnlyList<string> Types, string Contract);

/// <summary>A retention class came to be, changed, or went (after is null).</summary>
[Fact("retention.stated", Room.Store)]
public sealed record RetentionStated(string ClassId, RetentionTerms? Before, RetentionTerms? After) : FactBody;

/// <summary>What a legal hold is about; what is not named does not narrow it. A case means the hosts, users and addresses of its signals, a day around them.</summary>
public sealed record HoldScope(string? SourceId, string? Host, long? FromMs, long? ToMs, string? CaseId);

/// <summary>From now on nothing in this scope is deleted, whatever its class says.</summary>
[Fact("hold.placed", Room.Store)]
public sealed record HoldPlaced(string HoldId, string Why, HoldScope Scope) : FactBody;

[Fact("hold.released", Room.Store)]
public sealed record HoldReleased(string HoldId, string Why) : FactBody;

/// <summary>What is about to be deleted: one class of one day. Written before anything goes.</summary>
/// <param name="Day">Day of event time, UTC, as 2026-03-02.</param>
/// <param name="Bytes">Raw bytes of the events.</param>
/// <param name="Hash">Sum of the SHA-256 of each event's id and raw bytes, modulo 2^256: whoever has the events can prove that they are those.</param>
[Fact("deletion.planned", Room.Store)]
public sealed record DeletionPlanned(
    string DeletionId, string Table, string ClassId, string Day, long Events, long Bytes, string FirstEvent, string LastEvent, string Hash, string Contract, long HeldBack) : FactBody;

/// <summary>The deletion took place; so many of its events are left (0 when all went).</summary>
[Fact("deletion.proven", Room.Store)]
public sealed record DeletionProven(string DeletionId, long Left, long DiskBytesFreed) : FactBody;

/// <summary>A full segment of the record log or hit log will never change again; its hash covers all before it.</summary>
[Fact("segment.sealed", Room.Store)]
public sealed record SegmentSealed(string Log, long First, long Next, long Bytes, string Hash) : FactBody;

/// <summary>Retention let raw records go that every reader had passed.</summary>
[Fact("records.deleted", Room.Store)]
public sealed record RecordsDeleted(string Log, long First, long Next, long Bytes, string Hash, string Contract) : FactBody;

/// <summary>A backup was finished.</summary>
/// <param name="ManifestHash">SHA-256 of its list of files.</param>
[Fact("backup.taken", Room.Store)]
public sealed record BackupTaken(string BackupId, string Place, long Events, long RecordsTo, long FactsTo, long Bytes, string ManifestHash) : FactBody;

/// <summary>A range of records is read again by the parsers of now, or that ended.</summary>
/// <param name="State">begun or ended. One that a death cut short goes on at the next start.</param>
/// <param name="Events">Events stored anew; 0 at the beginning.</param>
[Fact("reparse.stated", Room.Store)]
public sealed record ReparseStated(string ReparseId, long FromRecord, long ToRecord, string State, long Events, string Why) : FactBody;

/// <summary>Someone ended a search that was not their own.</summary>
[Fact("search.ended", Room.Store)]
public sealed record SearchEnded(string SearchId, string Owner, string Kql) : FactBody;
