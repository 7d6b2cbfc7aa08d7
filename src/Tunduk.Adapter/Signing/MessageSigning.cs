using System.Buffers;
using System.Security.Cryptography;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>The Sign stage: envelope around body, signature as the agreement says (SIGNATURES "Outbound modes").</summary>
internal sealed class MessageSigning(SigningKeys keys, IArchive archive, TrustOptions options, TimeProvider clock)
{
    /// <summary>A request of ours.</summary>
    public Task<Outcome<SignedMessage>> SignRequestAsync(ExchangeRun run, ReadOnlyMemory<byte> bodyXml) =>
        SignAsync(run, Envelope(run.Headers!, bodyXml.Span), SoapDirection.Request, binding: null);

    /// <summary>An answer of ours, bound to the request it answers.</summary>
    public Task<Outcome<SignedMessage>> SignResponseAsync(ExchangeRun run, ReceivedEnvelope request, VerifiedMessage verified, ReadOnlyMemory<byte> bodyXml)
    {
        run.RequestSha512 = SHA512.HashData(request.Raw.Span);
        run.RequestSignatureValue = verified.SignatureValue;
        return SignAsync(run, Envelope(run.Headers!, bodyXml.Span), SoapDirection.Response, new SoapRequestBinding(run.RequestSha512, run.RequestSignatureValue));
    }

    /// <summary>
    /// A fault of ours, signed like an answer where the request is known. A fault that cannot be signed goes unsigned: the
    /// receiver takes an unsigned fault for no evidence, and silence would be worse.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> SignFaultAsync(ExchangeRun run, ExchangeError error, RecordId? record)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var text = new SoapFaultText(RefusalMapping.ToFaultCode(error), RefusalMapping.ToFaultString(error, record?.ToString()), record?.ToString());
        SoapWriter.WriteFault(buffer, text, run.Headers);
        if (run.Agreement?.Signature.Outbound != OutboundSignature.Embedded || run.RequestSha512.IsEmpty)
        {
            return buffer.WrittenMemory;
        }

        var binding = new SoapRequestBinding(run.RequestSha512, run.RequestSignatureValue);
        return (await SignAsync(run, buffer.WrittenMemory, SoapDirection.Response, binding)).TryGet(out var signed, out _)
            ? signed.Envelope
            : buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Envelope(SoapHeaders headers, ReadOnlySpan<byte> bodyXml)
    {
        var buffer = new ArrayBufferWriter<byte>(bodyXml.Length + 2048);
        SoapWriter.Write(buffer, headers, default, bodyXml);
        return buffer.WrittenMemory;
    }

    private async Task<Outcome<SignedMessage>> SignAsync(ExchangeRun run, ReadOnlyMemory<byte> envelope, SoapDirection direction, SoapRequestBinding? binding)
    {
        var key = keys.OfOrAny(run.Own);
        var headers = run.Headers!;
        var now = clock.GetUtcNow();
        if (now < key.Certificate.NotBefore || now > key.Certificate.NotAfter)
        {
            return new ExchangeError(ExchangeStage.Sign, ExchangeCodes.SigningKeyUnavailable)
            {
                Path = $"Keys:{key.Name}",
                Expected = "a certificate that is valid now",
                Found = $"one valid from {key.Certificate.NotBefore:yyyy-MM-dd} to {key.Certificate.NotAfter:yyyy-MM-dd}",
            };
        }

        if (run.Agreement?.Signature.Outbound != OutboundSignature.Embedded)
        {
            var context = direction == SoapDirection.Request ? DetachedContext.SoapRequest : DetachedContext.SoapResponse;
            var detached = await DetachedSignature.CreateAsync(envelope, context, now, key, CancellationToken.None);
            return new SignedMessage(envelope, headers, default, detached, key);
        }

        if (!XmlTape.TryParse(envelope, out var tape, out _))
        {
            return Failed("an envelope of ours", "one our own reader refuses");
        }

        using (tape)
        {
            var input = new SoapSignatureInput
            {
                Direction = direction,
                Certificate = key.Certificate,
                Algorithm = key.Algorithm,
                Created = now,
                Expires = now + options.MessageLifetime,
                Headers = SignedHeaders.Of(headers),
                Checkpoint = archive.LatestCheckpoint is { } checkpoint ? checkpoint.Hash.ToArray() : default,
                Request = binding,
            };
            var (signed, fault) = await SoapSignature.SignAsync(tape, input, key, CancellationToken.None);
            return signed is null
                ? Failed("a message the profile can sign", fault.ToString())
                : new SignedMessage(signed.Envelope, headers, signed.SignatureValue, default, key);
        }
    }

    private static ExchangeError Failed(string expected, string found) =>
        new(ExchangeStage.Sign, ExchangeCodes.SigningFailed) { Path = "Envelope", Expected = expected, Found = found };
}
