using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>The parts of a SOAP 1.1 envelope, found by their place and nothing else.</summary>
internal readonly record struct SoapEnvelope(XmlElement Root, XmlElement Header, XmlElement Body)
{
    /// <summary>Root Envelope, at most one Header, then exactly one Body, nothing else.</summary>
    public static bool TryRead(XmlTape tape, out SoapEnvelope envelope)
    {
        envelope = default;
        XmlElement root = tape.Root;
        if (!root.Is(SoapNames.EnvelopeUri, "Envelope"u8))
        {
            return false;
        }

        XmlElement header = default;
        XmlElement body = default;
        foreach (XmlElement child in root.Children)
        {
            if (!body.Exists && !header.Exists && child.Is(SoapNames.EnvelopeUri, "Header"u8))
            {
                header = child;
            }
            else if (!body.Exists && child.Is(SoapNames.EnvelopeUri, "Body"u8))
            {
                body = child;
            }
            else
            {
                return false;
            }
        }

        envelope = new SoapEnvelope(root, header, body);
        return body.Exists;
    }

    /// <summary>Is the Body's only child a SOAP fault?</summary>
    public bool IsFault
    {
        get
        {
            int count = 0;
            bool isFault = false;
            foreach (XmlElement child in Body.Children)
            {
                count++;
                isFault |= child.Is(SoapNames.EnvelopeUri, "Fault"u8);
            }

            return isFault && count == 1;
        }
    }

    public SoapMessageKind Kind(SoapDirection direction) =>
        direction == SoapDirection.Request ? SoapMessageKind.Request : IsFault ? SoapMessageKind.Fault : SoapMessageKind.Response;
}
