using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// <c>namespaces: strict | tolerate-unqualified</c> of an agreement, for what a counterparty sends: the signature is checked over
/// what came, the list is applied to what it means. Point 5.
/// </summary>
public sealed class NamespaceTests : IClassFixture<NamespaceTests.Fixture>
{
    private const string Unqualified = "<p:getPerson xmlns:p=\"" + Envelopes.Producer + "\"><request><pin>{0}</pin></request></p:getPerson>";
    private const string Vehicles = "<p:getVehicles xmlns:p=\"" + Envelopes.Producer + "\"><request><pin>{0}</pin></request></p:getVehicles>";
    private readonly Fixture fixture;

    public NamespaceTests(Fixture fixture) => this.fixture = fixture;

    [Fact]
    public async Task Answer_UnqualifiedWhereStrict_IsRefusedAndSaysWhichNamespace()
    {
        var reply = await fixture.Strict.FaultAsync("contract_violated", await Envelopes.SignedAsync(body: Body(Unqualified)));

        // The counterparty is told the code alone; what was found stands in the archive.
        RecordId.TryParse(reply.Record!, out var id).ShouldBeTrue();
        var record = await fixture.Strict.Provider.Archive.GetAsync(id, CancellationToken.None);
        record!.Values.Single(value => value.Path == "$refusal/found").AsText().ShouldContain("in no namespace");
        record.Values.Single(value => value.Path == "$refusal/expected").AsText().ShouldContain(Envelopes.Producer);
    }

    [Fact]
    public async Task Answer_UnqualifiedWhereTolerated_IsVerifiedAsItCameAndAskedAsItIsMeant()
    {
        var headers = Envelopes.Headers();
        var reply = await fixture.Tolerant.PostSoapAsync(await Envelopes.SignedAsync(headers, Body(Unqualified)));

        reply.Fault.ShouldBeNull(reply.Text);
        reply.IsSigned.ShouldBeTrue();
        fixture.Tolerant.InformationSystem.Calls.Last().Body.ShouldContain(TestPersons.Somebody.Pin);
        var entry = (await TestWorld.FindAsync(fixture.Tolerant.Provider, messageId: headers.Id)).Single(found => found.Entry.Kind == EntryKind.Request);
        entry.Entry.Signature.ShouldBe(SignatureStatus.Verified);
    }

    [Fact]
    public async Task Answer_UnqualifiedForASoapSystem_ArrivesInTheContractsNamespaces()
    {
        var headers = Envelopes.Headers() with { Service = XRoad.Identifiers.ServiceId.Parse(SandboxNames.GetVehicles) };
        await fixture.Tolerant.PostSoapAsync(await Envelopes.SignedAsync(headers, Body(Vehicles)));

        var call = fixture.Upstream.Calls.Last();
        var element = XDocument.Parse(call.Text).Descendants(XName.Get("pin", Envelopes.Producer)).ShouldHaveSingleItem();
        element.Value.ShouldBe(TestPersons.Somebody.Pin);
    }

    [Fact]
    public async Task Answer_UnqualifiedFieldTheContractDoesNotKnow_IsRefusedAllTheSame()
    {
        var body = Body(Unqualified).Replace("</request>", "<secret>1</secret></request>", StringComparison.Ordinal);

        await fixture.Tolerant.FaultAsync("contract_violated", await Envelopes.SignedAsync(body: body));
    }

    [Fact]
    public async Task Answer_ForeignNamespaceWhereUnqualifiedIsTolerated_IsRefused()
    {
        var body = Body(Unqualified).Replace("<pin>", "<pin xmlns=\"urn:other\">", StringComparison.Ordinal);

        await fixture.Tolerant.FaultAsync("contract_violated", await Envelopes.SignedAsync(body: body));
    }

    private static string Body(string template) => template.Replace("{0}", TestPersons.Somebody.Pin, StringComparison.Ordinal);

    /// <summary>The same provider twice: as agreements are by default, and tolerant, with a SOAP system behind one service.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal TestWorld Strict { get; private set; } = null!;

        internal TestWorld Tolerant { get; private set; } = null!;

        internal UpstreamDouble Upstream { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Upstream = await UpstreamDouble.StartAsync();
            Strict = await TestWorld.StartAsync(new TestWorldOptions { WithConsumer = false });
            Tolerant = await TestWorld.StartAsync(new TestWorldOptions
            {
                WithConsumer = false,
                ProviderAgreement = text => text
                    .Replace("caller: {", "namespaces: tolerate-unqualified\ncaller: {", StringComparison.Ordinal)
                    .Replace("archive: {", """
                          - service: getVehicles/v1
                            environment: production
                            request: { allow: [pin] }
                            response: { allow: ["**"] }
                            attachments: none
                        archive: {
                        """, StringComparison.Ordinal),
                Provider = options =>
                {
                    var vehicles = (JsonObject)options["Provides"]!["getVehicles"]!;
                    vehicles["Protocol"] = "Soap";
                    vehicles["Upstream"] = new Uri(Upstream.Address, "soap").ToString();
                },
            });
        }

        public async Task DisposeAsync()
        {
            await Strict.DisposeAsync();
            await Tolerant.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }
}
