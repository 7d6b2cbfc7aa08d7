using System.Buffers;
using System.Text;
using Tunduk.Adapter.Administration;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.Agreements;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Samples;

namespace Tunduk.Adapter.Tests.Administration;

/// <summary>Archived exchanges of every operation against drafts.</summary>
public sealed class AgreementReplayTests
{
    private static readonly LogId Log = LogId.New();
    private int records;

    public static TheoryData<string, string> Operations => AgreementDraftTests.Operations;

    [Theory]
    [MemberData(nameof(Operations))]
    public void Replay_EveryOperation_SaysWhatADraftWouldDo(string file, string name)
    {
        (Operation operation, string text) = AgreementDraftTests.Draft(file, name);
        Agreement none = Read(text, operation);
        Agreement all = Read(AgreementDraftTests.Open(text), operation);
        ArchiveRecord request = Record(operation, MessageSide.Request, null);
        ArchiveRecord response = Record(operation, MessageSide.Response, request.Record);
        bool values = new[] { request, response }.Any(static r => r.Values.Any(static v => v.Presence == ValuePresence.Present && v.Type != Tunduk.Evidence.Log.ValueType.Structure));

        AgreementTestReport open = Replay(all, request, response);
        open.Exchanges.ShouldBe(1);
        open.Changed.ShouldBe(0, string.Join('\n', open.Changes));
        AgreementTestReport closed = Replay(none, request, response);
        closed.Changed.ShouldBe(values ? 1 : 0);
        closed.Changes.ShouldAllBe(static c => !c.Name.Contains("(unlisted)", StringComparison.Ordinal) && (c.Name.EndsWith("would be removed", StringComparison.Ordinal) || c.Name.EndsWith("would be refused as required_field_removed", StringComparison.Ordinal) || c.Name == "path/pin: would be refused"));
    }

    [Fact]
    public void Replay_WhatWasRemoved_WouldPassWhereTheDraftListsIt()
    {
        ArchiveRecord request = Make(EntryKind.Request, null, [SealedValue.Text("request/pin", "1")]);
        ArchiveRecord response = Make(EntryKind.Response, request.Record, [SealedValue.Text("response/surname", "A"), SealedValue.Text("response/address[0]/street", "1"), SealedValue.Text("response/address[1]/street", "2"), SealedValue.Removed("response/photo"), SealedValue.Removed("response/(unlisted)")]);
        AgreementTestReport report = Replay(Document("[photo, address/street]"), request, response);
        report.Changes.Select(static c => c.Name).ShouldBe(["response/photo: would pass", "response/surname: would be removed"], ignoreOrder: true);
        report.WithUnknownFields.ShouldBe(1);
        report.Changed.ShouldBe(1);
    }

    [Fact]
    public void Replay_PurposeHoursAndService_AreJudgedByTheDraft()
    {
        ArchiveRecord request = Make(EntryKind.Request, null, [SealedValue.Text("request/pin", "1"), SealedValue.Text("$issue", "collection 5"), SealedValue.Text("$userId", "KG1")]);
        Replay(Document("[surname]"), request).Changes.Single().Name.ShouldBe("would be refused as purpose_not_agreed");
        ArchiveRecord refusal = Make(EntryKind.Refusal, null, [SealedValue.Text("$issue", "loan-scoring 5"), SealedValue.Text("$userId", "KG1")], "purpose_not_agreed");
        Replay(Document("[surname]"), refusal).Changes.Single().Name.ShouldBe("would be let in (was refused as purpose_not_agreed)");
        ArchiveRecord other = Make(EntryKind.Request, null, [SealedValue.Text("request/pin", "1")], service: "sandbox/GOV/70009001/registry/other/v1");
        Replay(Document("[surname]"), Under(Document("[surname]").Id, other)).Changes.Single().Name.ShouldBe("would be refused as service_not_listed");
    }

    [Fact]
    public void Replay_ServiceOfAnotherAgreementOrOfNone_IsNotForThisDraft()
    {
        ArchiveRecord other = Make(EntryKind.Request, null, [SealedValue.Text("request/pin", "1")], service: "sandbox/GOV/70009001/registry/other/v1");
        AgreementTestReport report = Replay(Document("[surname]"), Under("SLA-OTHER", other), Under(null, other));
        report.Changes.ShouldBeEmpty();
        report.Exchanges.ShouldBe(0);

        ArchiveRecord moved = Make(EntryKind.Request, null, [SealedValue.Text("request/pin", "1"), SealedValue.Text("$issue", "collection 5"), SealedValue.Text("$userId", "KG1")]);
        Replay(Document("[surname]"), Under("SLA-OTHER", moved)).Changes.Single().Name.ShouldBe("would be refused as purpose_not_agreed", "its service is on the draft");
    }

    [Fact]
    public void Replay_RefusedForItsEnvironment_WouldBeAgainUnlessTheDraftMarksTheServiceAnew()
    {
        ArchiveRecord refused = Make(EntryKind.Refusal, null, [SealedValue.Text("$issue", "loan-scoring 5"), SealedValue.Text("$userId", "KG1")], "environment_mismatch");
        Replay(AgreementTexts.Agreement(AgreementTexts.Full), refused).Changes.ShouldBeEmpty("the caller's environment refuses it under any text");

        Agreement same = AgreementTexts.Agreement(AgreementTexts.Full);
        AgreementEnvironment another = same.Services[0].Environment == AgreementEnvironment.Test ? AgreementEnvironment.Production : AgreementEnvironment.Test;
        Agreement anew = same with { Services = [.. same.Services.Select(service => service with { Environment = another })] };
        Replay(anew, refused).Changes.Single().Name.ShouldBe("would be let in (was refused as environment_mismatch)");
    }

    [Fact]
    public void Replay_Rest_PathQueryBodyAndErrorEachUnderItsOwnList()
    {
        Agreement inForce = Rest("[\"GET /persons/{pin}\", \"POST /persons\"]", "[path/pin, query/fields, note]", "[surname]");
        ArchiveRecord asked = Http(EntryKind.Request, null, "GET /r1/sandbox/GOV/70009001/registry/getPerson/persons/1?fields=a HTTP/1.1", "path/1=persons", "path/pin=1", "query/fields[0]=a");
        ArchiveRecord answer = Http(EntryKind.Response, asked.Record, "HTTP/1.1 200", "surname=A");
        ArchiveRecord posted = Http(EntryKind.Request, null, "POST /r1/sandbox/GOV/70009001/registry/getPerson/persons HTTP/1.1", "path/1=persons", "note=b");
        ArchiveRecord failed = Http(EntryKind.Response, posted.Record, "HTTP/1.1 404", "type=x");
        ArchiveRecord unkept = Http(EntryKind.Request, null, null, "path/1=persons", "path/pin=1");
        ArchiveRecord listed = Make(EntryKind.Request, null, [], service: "sandbox/GOV/70009001/registry/getOpenAPI");
        ArchiveRecord[] all = [asked, answer, posted, failed, unkept, listed];

        Replay(inForce, all).Changes.ShouldBeEmpty();
        Changes(Rest("[\"GET /persons/{pin}\"]", "[path/pin, query/fields, note]", "[surname]"), all).ShouldBe(["would be refused as endpoint_not_listed"]);
        Changes(Rest("[\"GET /persons/{id}\", \"POST /persons\"]", "[path/id, query/fields, note]", "[surname]"), all).ShouldBeEmpty();
        Changes(Rest("[\"GET /persons/{pin}\", \"POST /persons\"]", "[path/pin]", "[name]"), all).ShouldBe(["query/fields: would be removed", "note: would be removed", "surname: would be removed"], ignoreOrder: true);
    }

    [Fact]
    public void Replay_ErasedContent_IsToldAsUntold()
    {
        ArchiveRecord request = Make(EntryKind.Request, null, []) with { State = SealState.Erased };
        ArchiveRecord filtered = Make(EntryKind.Refusal, null, [], "field_not_listed", stage: "filter");
        AgreementTestReport report = Replay(Document("[surname]", purposes: "[]", caller: "record"), request, filtered);
        (report.Exchanges, report.Untold, report.Changed).ShouldBe((2, 2, 0));
    }

    private static ArchiveRecord Under(string? agreement, ArchiveRecord record) => record with { Entry = record.Entry with { Agreement = agreement } };

    private static AgreementTestReport Replay(Agreement draft, params ArchiveRecord[] records)
    {
        AgreementReplay replay = new(draft, TimeSpan.FromHours(6), AgreementTexts.Agreement(AgreementTexts.Full));
        foreach (ArchiveRecord record in records)
        {
            replay.Add(record);
        }

        return replay.Report([]);
    }

    private static IEnumerable<string> Changes(Agreement draft, ArchiveRecord[] records)
    {
        AgreementReplay replay = new(draft, TimeSpan.FromHours(6), Rest("[\"GET /persons/{pin}\", \"POST /persons\"]", "[path/pin, query/fields, note]", "[surname]"));
        foreach (ArchiveRecord record in records)
        {
            replay.Add(record);
        }

        return replay.Report([]).Changes.Select(static change => change.Name);
    }

    private static Agreement Rest(string endpoints, string request, string response) =>
        AgreementTexts.Agreement(AgreementTexts.Full
            .Replace("service: getPerson/v1", "service: getPerson")
            .Replace("request:  { allow: [pin] }", $"endpoints: {endpoints}\n    request:  {{ allow: {request} }}")
            .Replace("[surname, name, patronymic, dateOfBirth, address/**]", response)
            .Replace("persons: [ { path: request/pin, kind: pin } ]", "persons: [ { path: request/path/pin, kind: pin } ]"));

    private ArchiveRecord Http(EntryKind kind, RecordId? link, string? start, params string[] values)
    {
        ArchiveRecord record = Make(kind, link, [.. values.Select(static value => value.Split('=')).Select(static pair => SealedValue.Text(pair[0], pair[1]))], service: "sandbox/GOV/70009001/registry/getPerson");
        return start is null ? record : record with { Parts = [new PayloadPart("envelope", "application/http", Encoding.UTF8.GetBytes(start + "\r\n\r\n"))] };
    }

    private static Agreement Document(string allow, string purposes = "[loan-scoring]", string caller = "required") =>
        AgreementTexts.Agreement(AgreementTexts.Full
            .Replace("[surname, name, patronymic, dateOfBirth, address/**]", allow)
            .Replace("purposes: [loan-scoring]", "purposes: " + purposes)
            .Replace("caller: { userId: required, issue: required }", $"caller: {{ userId: {caller}, issue: {caller} }}"));

    private static Agreement Read(string text, Operation operation) => AgreementTexts.Read(text, AgreementContractFiles.Fields(operation)).Agreement.ShouldNotBeNull();

    private ArchiveRecord Record(Operation operation, MessageSide side, RecordId? link)
    {
        ArrayBufferWriter<byte> json = new();
        SampleWriter.Write(operation.Shape(side), 1, json, SampleOptions.Example).ShouldBeTrue();
        List<SealedValue> values = [SealedValue.Text("$userId", "KG20000000000001"), SealedValue.Text("$issue", "loan-scoring 5")];
        JsonLeaves.Add(values, side == MessageSide.Response ? WithoutEcho(json.WrittenMemory) : json.WrittenSpan, 64);
        if (operation.Rest is { } rest && side == MessageSide.Request)
        {
            // As the archive keeps an address: every segment, and no header.
            values.RemoveAll(static value => value.Path.StartsWith("path/", StringComparison.Ordinal) || value.Path.StartsWith("header/", StringComparison.Ordinal));
            values.AddRange(rest.Path.Trim('/').Split('/').Select(static (segment, i) => segment.StartsWith('{') ? SealedValue.Text("path/" + segment[1..^1], "1") : SealedValue.Text($"path/{i + 1}", segment)));
        }

        return Make(link is null ? EntryKind.Request : EntryKind.Response, link, values, service: AgreementContractFiles.Service(operation).ToString(), role: ExchangeRole.Consumer);
    }

    // The echo is the request once more, in another shape of sample: it is judged with the request.
    private static byte[] WithoutEcho(ReadOnlyMemory<byte> json)
    {
        System.Text.Json.Nodes.JsonNode node = System.Text.Json.Nodes.JsonNode.Parse(json.Span)!;
        (node as System.Text.Json.Nodes.JsonObject)?.Remove("request");
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }

    private ArchiveRecord Make(EntryKind kind, RecordId? link, IReadOnlyList<SealedValue> values, string code = "ok", string stage = "authorize", string service = "sandbox/GOV/70009001/registry/getPerson/v1", ExchangeRole role = ExchangeRole.Provider)
    {
        RecordId id = new(Log, records++);
        bool asked = values.Any(static v => v.Path == "$userId");
        return new ArchiveRecord
        {
            Record = id,
            Leaf = default,
            State = SealState.Complete,
            Values = asked || kind == EntryKind.Response ? values : [.. values, SealedValue.Text("$userId", "KG1"), SealedValue.Text("$issue", "loan-scoring 1")],
            Entry = new LogEntry
            {
                Log = Log,
                Index = id.Index,
                Kind = kind,
                Role = role,
                Time = AgreementTexts.Summer,
                Stage = stage,
                Code = code,
                Service = service,
                Link = link,
            },
        };
    }
}
