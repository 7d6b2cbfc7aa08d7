using System.Buffers;
using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Soap;
using Tunduk.Xml;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// A fault of a security server or a provider as it may be passed on: code and structure as they came, text and detail as
/// far as the agreement shows them (issue "SOAP 4.0 whole"). Security servers' words are held to the same rule: nothing in
/// the protocol tells a provider that imitates one.
/// </summary>
/// <param name="Code">The fault code as it stood.</param>
/// <param name="Text">The fault string, or how long it was.</param>
/// <param name="Actor">The fault actor; null without one.</param>
/// <param name="Detail">The filtered <c>detail</c> element; empty without one.</param>
internal sealed record PeerFault(string Code, string Text, string? Actor, ReadOnlyMemory<byte> Detail)
{
    /// <summary>REST: HTTP status of the security server's error, whose detail is then its id in ASCII; null for SOAP.</summary>
    public int? Status { get; init; }

    /// <summary>A security server's refusal of a metaservice, passed on with its words.</summary>
    public static PeerFault OfSecurityServer(SoapFault fault) => new(fault.Code, fault.Message, null, DetailOf(fault));

    /// <summary>Takes what passes of a fault.</summary>
    public static PeerFault Of(SoapFault fault, AgreementService? terms)
    {
        if (DetailOf(fault) is { IsEmpty: false } detail)
        {
            var bare = FaultPolicy.Soap(terms, fault with { Detail = default });
            return new PeerFault(bare.Code, bare.Text, null, detail);
        }

        if (!fault.Detail.Exists || !Forms.XmlBody.Of(fault.Detail).TryGet(out var xml, out _) || !XmlTape.TryParse(xml, out var tape, out _))
        {
            var bare = FaultPolicy.Soap(terms, fault with { Detail = default });
            return new PeerFault(bare.Code, bare.Text, null, default);
        }

        // By itself, so that prefixes declared around the detail keep their meaning.
        using (tape)
        {
            var filtered = FaultPolicy.Soap(terms, fault with { Detail = tape.Root });
            return new PeerFault(filtered.Code, filtered.Text, null, filtered.Detail);
        }
    }

    // The id under which a security server's log can be searched is a UUID and nothing else.
    private static ReadOnlyMemory<byte> DetailOf(SoapFault fault) => fault.DetailId is { } id && Guid.TryParse(id, out var uuid)
        ? System.Text.Encoding.ASCII.GetBytes($"<detail><faultDetail xmlns=\"\">{uuid:D}</faultDetail></detail>")
        : default;

    /// <summary>The fault in an envelope.</summary>
    /// <param name="headers">X-Road headers of a fault that is to be signed; null: none, as security servers write theirs.</param>
    public ReadOnlyMemory<byte> ToEnvelope(SoapHeaders? headers)
    {
        var output = new ArrayBufferWriter<byte>(1024 + Detail.Length);
        SoapWriter.WriteFault(output, new SoapFaultText(Code, Text, null, Actor), headers, detail: Detail.Span);
        return output.WrittenMemory;
    }
}
