package aside.meetings;

/** A quarter of an hour: its number over the whole schedule, and the number of its day. */
public record TimeGrain(int index, int day) {
}
