using System.Text.RegularExpressions;
using Tunduk.Adapter.Tests.Exchange;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Tests.Soap.Attacks;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>Providers copy the request's headers into the answer, our own signature included: a copy is no signature, and does no harm.</summary>
public sealed partial class EchoTests : IClassFixture<AnswerVerificationTests.Fixture>, IDisposable
{
    private readonly TestWorld world;
    private readonly SecurityServerDouble server;

    public EchoTests(AnswerVerificationTests.Fixture fixture)
    {
        world = fixture.World;
        server = fixture.Server;
    }

    public void Dispose() => server.Answer = SecurityServerDouble.Honest;

    [Fact]
    public async Task Ask_CopyOfOurSignatureBesideTheProviders_IsSetAside()
    {
        server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, WithCopy(request, await Envelopes.AnswerAsync(request)));

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Fact]
    public async Task Ask_NothingButACopyOfOurSignature_IsNone()
    {
        server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, WithCopy(request, await Envelopes.AnswerAsync(request, sign: false)));

        var refusal = await world.RefusedAsync("signature_missing", "verify");

        refusal.Found.ShouldBe("a copy of our own");
    }

    private static byte[] WithCopy(ReadOnlyMemory<byte> request, byte[] answer)
    {
        var (ours, text) = (Envelopes.Text(request.Span), Envelopes.Text(answer));
        var end = HeaderEnd().Match(text);
        end.Success.ShouldBeTrue(text);
        return Envelopes.Bytes(text.Insert(end.Index, ours.Piece("wsse:Security") + ours.Piece("ta:Exchange")));
    }

    [GeneratedRegex("</[A-Za-z]+:Header>\\s*<[A-Za-z]+:Body")]
    private static partial Regex HeaderEnd();
}
