namespace Tunduk.Adapter.Tests.Processes;

/// <summary>What the information system was shown for one message id.</summary>
/// <param name="MessageId">The id it gave.</param>
/// <param name="Status">HTTP status; 0 where the connection ended before an answer.</param>
/// <param name="Record">Value of <c>X-Tunduk-Record</c>.</param>
/// <param name="Body">The body.</param>
internal sealed record ShownAnswer(string MessageId, int Status, string? Record, string Body)
{
    public bool IsOk => Status == 200;
}
