using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>What becomes of a SOAP request's body on the way to an information system that speaks something of its own, and of its answer.</summary>
internal abstract class UpstreamBody : IDisposable
{
    /// <summary>The one element of the answer's Body, filtered; empty with a <see cref="Fault"/>.</summary>
    public ReadOnlyMemory<byte> AnswerXml { get; protected set; }

    /// <summary>The information system's own fault, as far as it may leave; null for an answer.</summary>
    public PeerFault? Fault { get; protected set; }

    /// <summary>The answer's attachments that may leave.</summary>
    public virtual MultipartMessage? AnswerAttachments => null;

    /// <summary>Stage 3: the verified body by the contract.</summary>
    public abstract ExchangeError? Validate(ExchangeRun run, VerifiedMessage verified, BodyMapping mapping);

    /// <summary>Stage 5.</summary>
    public abstract Outcome<FilteredBody> FilterRequest(ExchangeRun run, BodyMapping mapping);

    /// <summary>Stage 7.</summary>
    public abstract Task<ExchangeError?> ForwardAsync(InformationSystemClient informationSystem, SoapHeaders headers, RecordId record);

    /// <summary>Stage 8.</summary>
    public abstract Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping);

    /// <summary>Hands the answer's attachments to whoever writes the answer.</summary>
    public virtual MultipartMessage? TakeAnswerAttachments() => null;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        // Nothing is held here.
    }
}
