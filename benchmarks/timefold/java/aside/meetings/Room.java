package aside.meetings;

/** A room with its number and how many people it seats. */
public record Room(int index, int seats) {
}
