using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>
/// Checks the message signatures of records, for <c>verify</c>. The archive knows no message format: the adapter gives this.
/// Called from several threads at once.
/// </summary>
public interface IMessageVerifier
{
    /// <summary>
    /// Says what the record's signature is worth now. Called for every record whose entry names a signature and whose sealed
    /// part could be opened; records without a sealed part are counted as attested without a call.
    /// </summary>
    ValueTask<MessageVerdict> VerifyAsync(ArchiveRecord record, CancellationToken cancellationToken);
}
