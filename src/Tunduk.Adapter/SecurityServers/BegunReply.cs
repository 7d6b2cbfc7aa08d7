using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>
/// An answer whose headers have come and whose body goes to disk. While it is read the request may still be leaving: a
/// neighbour that answers as it reads must not wait for us.
/// </summary>
internal sealed class BegunReply(SpooledReply reader, HttpRequestMessage request, HttpResponseMessage response)
{
    public async Task<Outcome<SecurityServerReply>> ReadAsync(CancellationToken cancellationToken)
    {
        reader.Sending?.BeginAnswer();
        using (request)
        using (response)
        {
            try
            {
                return await reader.ReadAsync(response, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return SecurityServerErrors.BrokenOff(exception);
            }
        }
    }
}
