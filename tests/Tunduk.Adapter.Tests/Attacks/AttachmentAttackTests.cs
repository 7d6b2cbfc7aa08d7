using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// Tricks with the parts of a signed message, through running adapters: as a request to the provider's face, and as an answer
/// of a hostile security server to a client on the consumer's drop-in face.
/// </summary>
public sealed class AttachmentAttackTests : IClassFixture<AttachmentAttackTests.Fixture>, IDisposable
{
    private const string Boundary = "----=_Part_9";
    private const string Root = "Content-Type: text/xml; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\nContent-ID: <root>\r\n";
    private static readonly Part Scan = new("scan.pdf", "application/pdf", [.. "%PDF-1.7 one"u8]);
    private static readonly Part Photo = new("photo@own", "image/jpeg", [0xFF, 0xD8, 0xFF, .. "another"u8], More: "Content-Disposition: attachment; filename=\"photo.jpg\"\r\n");

    /// <summary>What is sent in place of the two signed parts, and the code it meets; a digest code of the verifier in brackets.</summary>
    private static readonly Dictionary<string, (Func<IEnumerable<Part>> Parts, string Code)> Attacks = new(StringComparer.Ordinal)
    {
        ["digest-wrong"] = (() => [Scan, Photo with { Content = [0xFF, 0xD8, 0xFF, .. "anothes"u8] }], "(soap_attachment_digest)"),
        ["one-byte-more"] = (() => [Scan with { Content = [.. Scan.Content, (byte)'\n'] }, Photo], "(soap_attachment_digest)"),
        ["emptied"] = (() => [Scan with { Content = [] }, Photo], "(soap_attachment_digest)"),
        ["contents-swapped"] = (() => [Scan with { Content = Photo.Content }, Photo with { Content = Scan.Content }], "(soap_attachment_digest)"),
        ["names-swapped"] = (() => [Scan with { Id = Photo.Id }, Photo with { Id = Scan.Id }], "(soap_attachment_digest)"),
        ["part-missing"] = (() => [Photo], "(soap_attachment_missing)"),
        ["all-missing"] = (() => [], "(soap_attachment_missing)"),
        ["part-added"] = (() => [Scan, Photo, new Part("extra", "image/jpeg", Photo.Content)], "(soap_attachment_not_covered)"),
        ["part-added-first"] = (() => [new Part("extra", "application/pdf", Scan.Content), Scan, Photo], "(soap_attachment_not_covered)"),
        ["part-without-id"] = (() => [Scan with { Id = "" }, Photo], "(soap_attachment_not_covered)"),
        ["id-in-another-case"] = (() => [Scan with { Id = "SCAN.pdf" }, Photo], "(soap_attachment_not_covered)"),
        ["id-percent-encoded"] = (() => [Scan, Photo with { Id = "photo%40own" }], "(soap_attachment_not_covered)"),
        ["one-for-two"] = (() => [Scan, Scan with { Id = Photo.Id }], "(soap_attachment_digest)"),
        ["id-twice"] = (() => [Scan, Photo, Scan], "multipart_malformed"),
        ["id-twice-by-brackets"] = (() => [Scan, Photo, Scan with { Id = "<scan.pdf>" }], "multipart_malformed"),
        ["id-header-twice"] = (() => [Scan with { More = "Content-ID: <other>\r\n" }, Photo], "multipart_malformed"),
        ["id-of-the-root"] = (() => [Scan, Photo, Scan with { Id = "root" }], "multipart_malformed"),
        ["type-changed"] = (() => [Scan with { Type = "text/html" }, Photo], "(soap_attachment_type)"),
        ["type-with-a-charset"] = (() => [Scan with { Type = "application/pdf; charset=utf-7" }, Photo], "(soap_attachment_type)"),
        ["type-with-a-file-name"] = (() => [Scan with { Type = "application/pdf; name=\"run.exe\"" }, Photo], "(soap_attachment_type)"),
        ["types-swapped"] = (() => [Scan with { Type = Photo.Type }, Photo with { Type = Scan.Type }], "(soap_attachment_type)"),
        ["file-name-added"] = (() => [Scan with { More = "Content-Disposition: attachment; filename=\"run.exe\"\r\n" }, Photo], "(soap_attachment_name)"),
        ["file-name-changed"] = (() => [Scan, Photo with { More = Photo.More.Replace("photo", "other", StringComparison.Ordinal) }], "(soap_attachment_name)"),
        ["file-name-removed"] = (() => [Scan, Photo with { More = "" }], "(soap_attachment_name)"),
        ["file-name-in-two-forms"] = (() => [Scan, Photo with { More = "Content-Disposition: attachment; filename=\"photo.jpg\"; filename*=UTF-8''run.exe\r\n" }], "(soap_attachment_name)"),
        ["encoding-claimed"] = (() => [Scan with { Encoding = "base64" }, Photo], "multipart_malformed"),
        ["encoding-claimed-and-decodable"] = (() => [Scan with { Encoding = "quoted-printable", Content = "%PDF-1.7 =6Fne!"u8.ToArray() }, Photo], "(soap_attachment_digest)"),
        ["encoding-unknown"] = (() => [Scan with { Encoding = "x-uuencode" }, Photo], "multipart_malformed"),
        ["encoding-half-a-group"] = (() => [Scan with { Encoding = "base64", Content = Encoding.ASCII.GetBytes(Convert.ToBase64String(Scan.Content)[..^2]) }, Photo], "multipart_malformed"),
        ["encoding-bytes-after-the-padding"] = (() => [Scan with { Encoding = "base64", Content = "QQ==QQ=="u8.ToArray() }, Photo], "multipart_malformed"),
    };

    private readonly TestWorld world;
    private readonly Fixture fixture;

    public AttachmentAttackTests(Fixture fixture)
    {
        this.fixture = fixture;
        world = fixture.World;
    }

    public static TheoryData<string> Names => [.. Attacks.Keys];

    public void Dispose()
    {
        fixture.Server.Answer = SecurityServerDouble.Honest;
        fixture.Upstream.Reset();
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("base64")]
    public async Task Answer_SignedParts_AreTakenInWhateverTransferEncoding(string encoding)
    {
        var calls = fixture.Upstream.Calls.Count;
        var reply = await PostAsync(Message(Request(), [Encoded(Scan, encoding), Encoded(Photo, encoding)]));

        reply.Status.ShouldBe(200, reply.Text);
        fixture.Upstream.Calls.Count.ShouldBe(calls + 1);
    }

    [Fact]
    public async Task Answer_PartsHeadersSpelledOtherwise_AreTheSignedOnes()
    {
        // What a security server may do to a header it writes anew.
        var reply = await PostAsync(Message(Request(), [Scan with { Type = "Application/PDF" }, Photo with { More = "Content-Disposition: attachment;\r\n filename=photo.jpg\r\n" }]));

        reply.Status.ShouldBe(200, reply.Text);
        (await VerifiedAsync(reply)).ShouldContain("attachments 2 with Content-ID, type and file name; by serial");
    }

    [Fact]
    public async Task Answer_SignatureOfDigestsAlone_IsTakenAndItsEntrySaysWhatItLeavesOut()
    {
        var signed = Signed(Envelopes.UnsignedText(Lookup(), LookupBody), [Scan, Photo], withHeaders: false);
        var reply = await PostAsync(Message(signed, [Scan, Photo with { More = "" }]));

        reply.Status.ShouldBe(200, reply.Text);
        (await VerifiedAsync(reply)).ShouldContain("attachments 2 with Content-ID, type and file name, of 2 not type and file name");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answer_Attack_RefusedByItsCodeAndReachesNobody(string name)
    {
        var (parts, code) = Attacks[name];
        var calls = fixture.Upstream.Calls.Count;

        var reply = await PostAsync(Message(Request(), parts()));

        await RefusedAsync(reply, code, world.Provider);
        fixture.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("base64")]
    public async Task Ask_SignedPartsAnswered_AreTakenInWhateverTransferEncoding(string encoding)
    {
        Answering(request => Message(Response(request), [Encoded(Scan, encoding), Encoded(Photo, encoding)]));

        var reply = await AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldContain("lookupResponse");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Ask_AttackAnswered_RefusedByItsCodeAndShownToNobody(string name)
    {
        var (parts, code) = Attacks[name];
        Answering(request => Message(Response(request), parts()));

        var reply = await AskAsync();

        reply.Text.ShouldNotContain("lookupResponse");
        reply.Text.ShouldNotContain("%PDF");
        await RefusedAsync(SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" }), code.StartsWith('(') ? code : "response_malformed", world.Consumer);
    }

    [Fact]
    public async Task Answer_StartNamesAnotherPartThanTheFirst_IsRefused()
    {
        // A SOAP stack that goes by start would read the unsigned part.
        var evil = new Part("evil", "text/xml", Encoding.UTF8.GetBytes(Envelopes.UnsignedText(Lookup())));
        foreach (var head in new[] { Root, Root.Replace("Content-ID: <root>\r\n", "", StringComparison.Ordinal) })
        {
            var message = Message(Signed(Envelopes.UnsignedText(Lookup(), LookupBody), [Scan, Photo, evil]), [Scan, Photo, evil], head);
            await RefusedAsync(await PostAsync(message, start: "<evil>"), "multipart_malformed", world.Provider);
        }
    }

    [Fact]
    [Provokes("attachment_referenced_twice", Faces.Soap)]
    public async Task Answer_FieldsReferToOnePartTwice_IsRefused()
    {
        const string Include = "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:scan.pdf\"/>";
        var body = LookupBody.Replace("</l:lookup>", $"<l:note>{Include}</l:note><l:other>{Include.Replace("scan.pdf", "scan%2epdf", StringComparison.Ordinal)}</l:other></l:lookup>", StringComparison.Ordinal);

        await RefusedAsync(await PostAsync(Message(Signed(Envelopes.UnsignedText(Lookup(), body), [Scan]), [Scan])), "attachment_referenced_twice", world.Provider);
    }

    private const string LookupBody = $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:lookup>";

    private static SoapHeaders Lookup() => Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) };

    private static string Request() => Signed(Envelopes.UnsignedText(Lookup(), LookupBody), [Scan, Photo]);

    private static string Signed(string envelope, IEnumerable<Part> parts, SoapRequestBinding? binding = null, bool withHeaders = true) =>
        AdapterAttacks.Sign(envelope, binding, attachments: [.. parts.Select(part => new SoapAttachmentDigest(part.Id, SHA256.HashData(part.Content), withHeaders ? part.Type : null, withHeaders && part.More.Length > 0 ? "photo.jpg" : null))]);

    private static string Response(ReadOnlyMemory<byte> request)
    {
        var text = Envelopes.Text(request.Span);
        SoapMessage.TryRead(request, new SoapReaderOptions(), out var message, out var fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            var envelope = Envelopes.UnsignedText(message!.Headers!, $"<l:lookupResponse xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:surname>Invented</l:surname></l:lookupResponse>");
            var id = envelope.Piece("xrd:id");
            envelope = envelope.Swap(id, $"{id}<xrd:requestHash algorithmId=\"{RequestHash.Sha512}\">{Convert.ToBase64String(SHA512.HashData(request.Span))}</xrd:requestHash>");
            var value = text.Piece("ds:SignatureValue");
            var binding = new SoapRequestBinding(SHA512.HashData(request.Span), Convert.FromBase64String(value[(value.IndexOf('>', StringComparison.Ordinal) + 1)..value.IndexOf("</", StringComparison.Ordinal)]));
            return Signed(envelope, [Scan, Photo], binding);
        }
    }

    private static Part Encoded(Part part, string encoding) =>
        encoding == "base64" ? part with { Encoding = encoding, Content = Encoding.ASCII.GetBytes(Convert.ToBase64String(part.Content, Base64FormattingOptions.InsertLineBreaks)) } : part;

    private static byte[] Message(string soap, IEnumerable<Part> parts, string root = Root)
    {
        using var all = new MemoryStream();
        Write(root, Encoding.UTF8.GetBytes(soap));
        foreach (var part in parts)
        {
            var id = part.Id.Length > 0 ? $"Content-ID: <{part.Id}>\r\n" : "";
            Write($"Content-Type: {part.Type}\r\nContent-Transfer-Encoding: {part.Encoding}\r\n{id}{part.More}", part.Content);
        }

        all.Write(Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"));
        return all.ToArray();

        void Write(string headers, byte[] content)
        {
            all.Write(Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\n{headers}\r\n"));
            all.Write(content);
        }
    }

    private static string ContentType(string start = "<root>") => $"multipart/related; type=\"text/xml\"; start=\"{start}\"; boundary=\"{Boundary}\"";

    private static async Task RefusedAsync(SoapReply reply, string code, Adapter.Hosting.AdapterHost host)
    {
        var isOfTheVerifier = code.StartsWith('(');
        reply.FaultCode.ShouldBe("adapter." + (isOfTheVerifier ? "signature_invalid" : code), reply.Text);
        if (!isOfTheVerifier)
        {
            return;
        }

        RecordId.TryParse(reply.Record ?? reply.Reply?.Record, out var id).ShouldBeTrue(reply.Text);
        var refusal = await host.Archive.GetEndAsync(id, CancellationToken.None) ?? await host.Archive.GetAsync(id, CancellationToken.None);
        Encoding.UTF8.GetString(refusal!.Values.Single(value => value.Path == ExchangeJournal.FoundName).Value.Span).ShouldBe(code.Trim('(', ')'));
    }

    /// <summary>What the request's entry says was verified.</summary>
    private async Task<string> VerifiedAsync(SoapReply reply)
    {
        var id = System.Text.RegularExpressions.Regex.Match(reply.Text, "xrd:id[^>]*>([^<]+)<").Groups[1].Value;
        var entry = (await TestWorld.FindAsync(world.Provider, messageId: id)).Single(found => found.Entry.Kind == EntryKind.Request);
        return (await world.Provider.Archive.GetAsync(entry.Record, CancellationToken.None))!.Values.Single(value => value.Path == ExchangeJournal.VerifiedName).AsText();
    }

    private void Answering(Func<ReadOnlyMemory<byte>, byte[]> answer) =>
        fixture.Server.Answer = (request, context) => SecurityServerDouble.WriteAsync(context, answer(request), ContentType());

    private Task<SoapReply> PostAsync(byte[] message, string start = "<root>") => world.PostSoapAsync(message, ContentType(start));

    private Task<HttpReply> AskAsync()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, world.Consumer.IsAddress) { Content = new StringContent(Envelopes.UnsignedText(Lookup(), LookupBody), Encoding.UTF8, "text/xml"), Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        return world.SendAsync(request);
    }

    private sealed record Part(string Id, string Type, byte[] Content, string Encoding = "binary", string More = "");

    public sealed class Fixture : IAsyncLifetime
    {
        internal SecurityServerDouble Server { get; private set; } = null!;

        internal UpstreamDouble Upstream { get; private set; } = null!;

        internal TestWorld World { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await SecurityServerDouble.StartAsync();
            Upstream = await UpstreamDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                SecurityServer = Server.Address,
                Provider = options => ((JsonObject)options["Provides"]!)["lookup"] = DropInWorld.LookupBefore(Upstream),
                ProviderAgreement = text => DropInWorld.WithServices(AttackWorld.Pinned(text)),
                ConsumerAgreement = text => DropInWorld.WithServices(AttackWorld.Pinned(text)),
            });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Upstream.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
