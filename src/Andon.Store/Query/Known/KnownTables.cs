using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Known;

/// <summary>Tables of what the house knows: as it stands now, and the facts that say so.</summary>
static class KnownTables
{
    public static IEnumerable<Table> All =>
    [
        Of("Cases", "Cases as they stand now.", KnownSql.Cases,
            Text("case_id", "Id of the case."), Long("number", "Its number, as people call it."), Text("title", "Its title."), Text("domain", "Its domain."), Truth("manual", "Opened by a person."),
            Text("state", "open, closed or merged."), Text("lane", "new, triage, investigate, contain, recover, validate or closed; empty for a merged one."), Text("owner", "Who works it; empty while nobody does."),
            Real("priority", "Its priority when it last moved, 0 to 100."), Text("verdict", "What it was, once closed: truePositive, benignPositive, falsePositive or undecided."), Text("reason", "Why it was closed so."),
            List("controls_failed", "Controls that failed."), Text("earliest_missed_stage", "The earliest stage at which it could have been stopped."), Long("effort_minutes", "Hands-on minutes as stated."),
            Long("signals", "Signals in it, those of cases merged into it included."), Long("alerts", "Alerts in them."), List("rules", "Rules of its signals."), List("entities", "What it is about: kind:value."),
            Long("notes", "Notes."), Text("merged_into", "The case that it became part of, at the end of the way."), Time("opened", "When it was opened."), Maybe("closed", "When it was closed.")),
        Of("Signals", "Signals: repeated alerts of one rule on one entity.", KnownSql.Signals,
            Text("signal_id", "Id of the signal."), Text("case_id", "The case it belongs to now; empty for none."), Text("rule_id", "Its rule."), Text("title", "The rule's title."), Text("level", "informational, low, medium, high or critical."),
            Text("entity", "What it folds on: kind:value."), List("entities", "All that it is about: kind:value."), List("tactics", "ATT&CK tactics."), List("techniques", "ATT&CK techniques."), Text("source_id", "Log source in the catalogue."),
            Long("alerts", "Alerts in it, as last written."), Time("first", "Time of the first event."), Time("last", "Time of the last event, as last written."), Real("surprise", "How unusual it was when it opened, 0 to 1."),
            Real("reliability", "The rule's reliability when it opened."), Time("opened", "When it was opened.")),
        Of("Sources", "Log sources as the catalogue has them.", KnownSql.Sources,
            Text("source_id", "Id of the source: what events name in log.source.id."), Text("name", "Its name."), Text("host", "The host that sends."), Text("dataset", "What it sends."), Text("listener", "Where it comes in."),
            Text("owner", "Who owns it."), Text("unit", "Business unit."), Real("criticality", "0.5, 1, 1.5 or 2; 0 is not said."), Text("data_class", "Class of its data."), Text("retention", "Its retention class, where one is named."),
            Text("asset_id", "The asset it stands on."), List("tags", "Tags."), Truth("confirmed", "Confirmed by a person."), Truth("contracted", "Has a contract."),
            Text("state", "well or ailing."), List("ailments", "What ails it now."), Time("ailing_since", "Since when; 1970 while it is well."), Long("lost_events", "Events that its own counters miss."), Time("discovered", "When it first sent.")),
        Of("Exposure", "Windows: times in which a vulnerability is exposed to a threat.", KnownSql.Exposure,
            Text("window_id", "Id of the window."), Text("state", "open or closed."), Text("asset_id", "The asset."), Text("asset", "Its name."), List("addresses", "Its addresses."), Text("cve", "The vulnerability."), Text("package", "The package."),
            Truth("kev", "Known to be exploited."), Text("why", "Why it opened or closed."), Text("zone", "Network zone of the asset."), Real("criticality", "0.5, 1, 1.5 or 2."), Text("owner", "Who owns the asset."), Text("unit", "Business unit."),
            Truth("crown_jewel", "A crown jewel."), Time("opened", "When it opened."), Maybe("closed", "When it closed.")),
        Of("Assets", "Assets as the inventory states them.", KnownSql.Assets,
            Text("asset_id", "Id of the asset."), Text("name", "Its name."), List("addresses", "Its addresses."), Text("zone", "Network zone."), Real("criticality", "0.5, 1, 1.5 or 2."), Text("owner", "Who owns it."), Text("unit", "Business unit."),
            Truth("reachable", "Reachable from an untrusted network."), Truth("crown_jewel", "A crown jewel."), List("roles", "What it is: server, workstation, domain-controller …"), Long("open_windows", "Exposure windows open now.")),
        new("Facts", FactTable.Name, "Everything that changed: who did what, when and why.", null,
        [
            new(Tables.Time, "at", KType.DateTime, false, 0, "When."), new("seq", "toInt64(seq)", KType.Long, false, 1, "Number of the fact."), new("type", "type", KType.String, false, 1, "What kind of fact."),
            new("actor", "actor", KType.String, false, 1, "Who: user:anna, andon:triage."), new("cause", "cause", KType.String, false, 2, "What led to it."), new("subject", "subjects[1]", KType.String, false, 1, "What it is about: the first id that it names."),
            new("subjects", "subjects", KType.ListOf(Kind.String), false, 2, "All ids that it names."), new("body", "body", KType.Json, false, 5, "Its own properties: body.verdict, body.why …"),
        ], HasBag: false) { Made = facts => facts },
    ];

    static Table Of(string name, string meaning, Func<string, string> made, params StoreColumn[] columns) =>
        new(name, FactTable.Name, meaning, null, [new(Tables.Time, "changed", KType.DateTime, false, 0, "When a fact last changed it."), .. columns], HasBag: false) { Made = made, Now = true };

    static StoreColumn Text(string name, string meaning) => new(name, name, KType.String, false, 1, meaning);
    static StoreColumn Long(string name, string meaning) => new(name, name, KType.Long, false, 1, meaning);
    static StoreColumn Real(string name, string meaning) => new(name, name, KType.Real, false, 1, meaning);
    static StoreColumn Truth(string name, string meaning) => new(name, name, KType.Bool, false, 1, meaning);
    static StoreColumn Time(string name, string meaning) => new(name, name, KType.DateTime, false, 1, meaning);
    static StoreColumn Maybe(string name, string meaning) => new(name, name, KType.DateTime, true, 1, meaning);
    static StoreColumn List(string name, string meaning) => new(name, name, KType.ListOf(Kind.String), false, 2, meaning);
}
