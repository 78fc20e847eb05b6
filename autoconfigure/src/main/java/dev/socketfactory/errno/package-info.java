/**
 * The platform's error number behind an exception of the JDK, whose text is all that the
 * JDK keeps of it and is in the language of the process.
 */
@NullMarked
package dev.socketfactory.errno;

import org.jspecify.annotations.NullMarked;
