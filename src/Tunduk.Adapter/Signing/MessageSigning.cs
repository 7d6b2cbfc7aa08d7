using System.Buffers;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>The Sign stage: envelope around body, signature as the agreement says (SIGNATURES "Outbound modes").</summary>
internal sealed class MessageSigning(SigningKeys keys, IArchive archive, TrustOptions options, TimestampService timestamps, SignedCopies copies, TimeProvider clock)
{
    /// <summary>The same for REST.</summary>
    public RestSigning Rest { get; } = new(keys, archive, options, timestamps, clock);

    /// <summary>A request of ours.</summary>
    /// <param name="run">The exchange.</param>
    /// <param name="bodyXml">The one element of Body.</param>
    /// <param name="otherHeaders">Header blocks beside X-Road's that may cross.</param>
    /// <param name="attachments">Its attachments by digest.</param>
    public Task<Outcome<SignedMessage>> SignRequestAsync(ExchangeRun run, ReadOnlyMemory<byte> bodyXml, ReadOnlyMemory<byte> otherHeaders, IReadOnlyList<SoapAttachmentDigest> attachments) =>
        SignAsync(run, Envelope(run.Headers!, otherHeaders.Span, bodyXml.Span), SoapDirection.Request, binding: null, attachments);

    /// <summary>An answer of ours, bound to the request it answers.</summary>
    public Task<Outcome<SignedMessage>> SignResponseAsync(ExchangeRun run, ReadOnlyMemory<byte> bodyXml, IReadOnlyList<SoapAttachmentDigest> attachments) =>
        SignEnvelopeAsync(run, Envelope(run.Headers!, default, bodyXml.Span), attachments);

    /// <summary>A fault of our information system, as it may leave: code and structure kept, words as the agreement shows them.</summary>
    public Task<Outcome<SignedMessage>> SignResponseAsync(ExchangeRun run, PeerFault fault) =>
        SignEnvelopeAsync(run, fault.ToEnvelope(run.Headers), []);

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
        return (await SignAsync(run, buffer.WrittenMemory, SoapDirection.Response, binding, [])).TryGet(out var signed, out _)
            ? signed.Envelope
            : buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Envelope(SoapHeaders headers, ReadOnlySpan<byte> otherHeaders, ReadOnlySpan<byte> bodyXml)
    {
        var buffer = new ArrayBufferWriter<byte>(bodyXml.Length + otherHeaders.Length + 2048);
        SoapWriter.Write(buffer, headers, otherHeaders, bodyXml);
        return buffer.WrittenMemory;
    }

    private Task<Outcome<SignedMessage>> SignEnvelopeAsync(ExchangeRun run, ReadOnlyMemory<byte> envelope, IReadOnlyList<SoapAttachmentDigest> attachments) =>
        SignAsync(run, envelope, SoapDirection.Response, new SoapRequestBinding(run.RequestSha512, run.RequestSignatureValue), attachments);

    private async Task<Outcome<SignedMessage>> SignAsync(ExchangeRun run, ReadOnlyMemory<byte> envelope, SoapDirection direction, SoapRequestBinding? binding, IReadOnlyList<SoapAttachmentDigest> attachments)
    {
        var key = keys.OfOrAny(run.Own);
        var now = clock.GetUtcNow();
        if (SigningErrors.Unable(key, timestamps, now) is { } unable)
        {
            return unable;
        }

        try
        {
            return await SignAsync(run, key, now, envelope, direction, binding, attachments);
        }
        catch (SigningUnavailableException unavailable)
        {
            return SigningErrors.From(key, unavailable);
        }
    }

    private async Task<Outcome<SignedMessage>> SignAsync(ExchangeRun run, SigningKey key, DateTimeOffset now, ReadOnlyMemory<byte> envelope, SoapDirection direction, SoapRequestBinding? binding, IReadOnlyList<SoapAttachmentDigest> attachments)
    {
        var headers = run.Headers!;
        if (run.Agreement?.Signature.Outbound != OutboundSignature.Embedded)
        {
            var context = direction == SoapDirection.Request ? DetachedContext.SoapRequest : DetachedContext.SoapResponse;
            var detached = await DetachedSignature.CreateAsync(envelope, context, now, key, CancellationToken.None);
            return new SignedMessage(envelope, headers, default, detached, key);
        }

        if (!XmlTape.TryParse(envelope, out var tape, out _))
        {
            return SigningErrors.Failed(RefusalPhrases.Of("envelope_of_ours"), RefusalPhrases.Of("one_our_own_reader_refuses"));
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
                Attachments = attachments,
                Checkpoint = archive.LatestCheckpoint is { } checkpoint ? checkpoint.Hash.ToArray() : default,
                Request = binding,
            };
            var (signed, fault) = await SoapSignature.SignAsync(tape, input, key, CancellationToken.None);
            if (signed is null)
            {
                return SigningErrors.Failed(RefusalPhrases.Of("message_profile_can_sign"), fault.ToString());
            }

            copies.Keep(direction, run.Counterparty, headers, signed.Envelope);
            return new SignedMessage(signed.Envelope, headers, signed.SignatureValue, default, key);
        }
    }
}
